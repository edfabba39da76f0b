/**
 * The activation functions, for the magnifying glass's curve only: every number shown comes from the engine.
 */

type Activation = (z: number) => number;

const sigmoid: Activation = (z) => 1 / (1 + Math.exp(-z));
const FUNCTIONS: Record<string, Activation> = {
  relu: (z) => Math.max(0, z),
  leaky_relu: (z) => (z < 0 ? 0.01 * z : z),
  tanh: Math.tanh,
  sigmoid,
  // The tanh form (Hendrycks & Gimpel 2016), as the engine computes it.
  gelu: (z) => 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3))),
  silu: (z) => z * sigmoid(z),
  elu: (z) => (z < 0 ? Math.expm1(z) : z),
  softplus: (z) => Math.log1p(Math.exp(-Math.abs(z))) + Math.max(0, z),
  sine: Math.sin,
  linear: (z) => z,
};

/** The curve of an activation, or undefined for one this page does not know. */
export function activationCurve(name: string): Activation | undefined {
  return FUNCTIONS[name];
}

/**
 * Softmax as a function of this unit's own z, the other logits as they are: a logistic curve that passes through (z, a).
 */
export function softmaxCurve(z: number, a: number): Activation {
  const others = z - Math.log(a / (1 - a));
  return (own) => sigmoid(own - others);
}
