/** What the glass shows of a layer of any type. Pure. */
import { attentionLook } from './attention';
import { conv1dLook, conv2dLook } from './convolution';
import { denseLook, outputLook, sparseLook } from './dense';
import type { Look, Scene } from './look';
import { concatLook, mergeLook } from './merging';
import { normLook } from './normalisation';
import { globalPoolLook, poolLook } from './pooling';
import { recurrentLook } from './recurrent';
import { repeatLook } from './repeating';
import { samplingLook } from './sampling';
import { embeddingLook, positionsLook } from './sequence';
import { moveLook, upsampleLook } from './shaping';

/** Throws `MissingTensorError` where the stream left out what it takes. */
export function lookOf(scene: Scene): Look {
  const { layer } = scene;
  if (layer === null) return outputLook(scene);
  switch (layer.type) {
    case 'dense':
      return denseLook({ ...scene, layer });
    case 'sparse_dense':
      return sparseLook({ ...scene, layer });
    case 'conv2d':
    case 'conv_transpose2d':
      return conv2dLook({ ...scene, layer });
    case 'conv1d':
      return conv1dLook({ ...scene, layer });
    case 'max_pool2d':
    case 'avg_pool2d':
      return poolLook({ ...scene, layer });
    case 'global_avg_pool':
      return globalPoolLook({ ...scene, layer });
    case 'batch_norm':
    case 'layer_norm':
    case 'group_norm':
      return normLook({ ...scene, layer });
    case 'attention':
    case 'transformer_block':
      return attentionLook({ ...scene, layer });
    case 'rnn':
    case 'gru':
    case 'lstm':
      return recurrentLook({ ...scene, layer });
    case 'embedding':
      return embeddingLook({ ...scene, layer });
    case 'positional_encoding':
      return positionsLook({ ...scene, layer });
    case 'add':
    case 'multiply':
      return mergeLook({ ...scene, layer });
    case 'concat':
      return concatLook({ ...scene, layer });
    case 'flatten':
    case 'reshape':
    case 'dropout':
      return moveLook({ ...scene, layer });
    case 'upsample':
      return upsampleLook({ ...scene, layer });
    case 'sampling':
      return samplingLook({ ...scene, layer });
    case 'repeat':
      return repeatLook({ ...scene, layer }, lookOf);
  }
}

