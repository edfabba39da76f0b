import { deflateRawSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { experiment } from './fixtures';
import { isPlaygroundLink, readLink, writeLink } from './url';

const packed = (text: string): string => `#e=1.${deflateRawSync(text).toString('base64url')}`;

describe('links', () => {
  it('carry an experiment with its seeds', async () => {
    const sent = experiment((draft) => {
      draft.data.seed = 4_294_967_295;
      draft.training.seed = 17;
    });
    const link = await writeLink(sent);
    expect(link).toMatch(/^#e=1\.[A-Za-z0-9_-]+$/);
    expect(await readLink(link)).toEqual({ kind: 'experiment', experiment: sent, hidden: [] });
  });

  it('stay short for two hundred layers', async () => {
    const deep = experiment((draft) => {
      draft.network.layers = Array.from({ length: 200 }, (_, index) => ({
        type: 'dense',
        name: `dense_${index + 1}`,
        units: 16,
        activation: 'tanh',
        initializer: 'lecun_normal',
        dropout: 0,
        frozen: false,
      }));
    });
    expect((await writeLink(deep)).length).toBeLessThan(2_000);
  });

  it('are none where the address says nothing', async () => {
    expect(await readLink('')).toEqual({ kind: 'none' });
    expect(await readLink('#elsewhere')).toEqual({ kind: 'none' });
  });

  it('carry what a lesson hides', async () => {
    const link = await writeLink(experiment(), ['noise', 'batch']);
    expect(link).toMatch(/&hide=noise,batch$/);
    expect(await readLink(link)).toEqual({ kind: 'experiment', experiment: experiment(), hidden: ['noise', 'batch'] });
  });

  it('of TensorFlow Playground are known by any of its keys', async () => {
    for (const text of ['#activation=tanh', '#a=b&networkShape=4,2', '#playButton_hide=true', '#dataset%3Dxor']) {
      expect(await readLink(text)).toEqual({ kind: 'playground', text });
    }
    expect(isPlaygroundLink('https://playground.tensorflow.org/')).toBe(true);
    expect(isPlaygroundLink(await writeLink(experiment(), ['noise']))).toBe(false);
    expect(isPlaygroundLink('a,b\n1,2')).toBe(false);
  });

  it.each([
    ['no payload', '#e=1.'],
    ['no version', '#e='],
    ['a newer version', '#e=2.abc'],
    ['not base64', '#e=1.%%%'],
    ['not deflated', '#e=1.AAAA'],
    ['not JSON', packed('{"data":')],
    ['not an experiment', packed('[1,2]')],
    ['half an experiment', packed('{"data":{},"network":[]}')],
    ['cut off', packed('{"data":{},"network":{},"training":{}}').slice(0, 20)],
    ['too many parts', '#e=1.abc.def'],
    ['far too long', `#e=1.${'A'.repeat(200_000)}`],
    ['a bomb', packed(`{"data":"${'0'.repeat(5_000_000)}"}`)],
  ])('with %s give a sentence', async (_, hash) => {
    const reading = await readLink(hash);
    expect(reading.kind).toBe('unreadable');
    expect(reading.kind === 'unreadable' && reading.message).toMatch(/^The link .+[^.]$/);
  });
});
