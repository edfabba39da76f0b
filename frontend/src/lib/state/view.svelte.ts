/** How the output is shown; a link may say so too. */
class View {
  testSamples = $state(false);
  hardEdges = $state(false);
}

export const view = new View();
