/**
 * A picture of the person's own as the selected sample: drawn, from a file, or from the camera. Every view that follows
 * the selected sample follows it, as fast as the server takes new questions.
 */
import { createContext, untrack } from 'svelte';

import { brightestOf } from '../../render/digit';
import { Pacing } from '../../state/pacing';
import type { Samples } from '../../state/samples.svelte';
import type { ChosenSample, Selection } from '../../state/selection.svelte';
import type { Session } from '../../state/session.svelte';
import { openCamera, whyNoCamera } from './camera';
import { groundOf, type Ground } from './ground';
import { drawn, isBright, photographed, type Pixels, type Target } from './pictured';
import { Sketch, type Spot } from './sketch';

export type Way = 'draw' | 'picture' | 'camera';

/** A stream is left and asked for anew. */
const MESSAGES_PER_STREAM = 2;
/** Faster than the eye reads, and every view needs a frame in between. */
const SHORTEST_MS = 120;
const CAMERA_MS = 200;
/** Of the longer side of what is kept of a picture, in pixels. */
const PHOTO_SIDE = 320;
export const MOST_FILE_BYTES = 64 << 20;
/** Of the pad, that a drawing usually takes. */
const DRAWN = 0.75;
const [THINNEST, THICKEST] = [0.03, 0.25];
const NOTHING_KNOWN: Ground = { paper: 0, isPlain: true, extent: Infinity, stroke: 0.13 };

export class OwnInput {
  way: Way = $state('draw');
  isErasing = $state(false);
  /** Null: as the data are. */
  #centring: boolean | null = $state(null);
  #width: number | null = $state(null);
  #colour: string | null = $state(null);
  isInverted = $state(false);
  isStretched = $state(false);
  isStreaming = $state(false);
  /** Why the camera or the file cannot be used. */
  problem: string | null = $state(null);
  /** The picture that is shown in place of the pad; null until there is one. */
  photo: HTMLCanvasElement | null = $state.raw(null);
  readonly sketch = new Sketch();

  #session: Session;
  #selection: Selection;
  #samples: Samples;
  #pacing: Pacing;
  #next: number[] | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sentAt = -Infinity;
  #before: ChosenSample = { split: 'test', index: 0 };
  #stream: MediaStream | null = null;

  #ground: Ground = $derived.by(() => {
    const { facts } = this.#session;
    const { train } = this.#samples;
    // Rows of the set before are of another shape.
    if (!train || !facts.image_shape || train.columns !== facts.columns.length || train.count === 0) return NOTHING_KNOWN;
    return groundOf(train, facts.image_shape, brightestOf(facts));
  });
  readonly target: Target = $derived.by(() => {
    const { facts } = this.#session;
    const shape = facts.image_shape ?? [1, 1];
    const colours = Math.max(1, Math.round(facts.columns.length / (shape[0] * shape[1])));
    return { shape, colours, brightest: brightestOf(facts), ground: this.#ground };
  });

  constructor(session: Session, selection: Selection, samples: Samples) {
    [this.#session, this.#selection, this.#samples] = [session, selection, samples];
    this.#pacing = new Pacing(session.limits.messages_per_second, session.limits.message_burst, performance.now());
  }

  /** What is walked through the network is the person's own. */
  get isShown(): boolean {
    return 'values' in this.#selection.sample;
  }

  /** As the network reads it; null for a sample of the data set. */
  get values(): readonly number[] | null {
    const { sample } = this.#selection;
    return 'values' in sample ? sample.values : null;
  }

  /** The same, or what waits to be shown. */
  get latest(): readonly number[] | null {
    return this.#next ?? this.values;
  }

  get isCentred(): boolean {
    return this.#centring ?? (this.#ground.isPlain && this.target.colours === 1);
  }

  set isCentred(is: boolean) {
    this.#centring = is;
  }

  /** Of the brush, as a share of the pad. */
  get width(): number {
    return this.#width ?? Math.min(THICKEST, Math.max(THINNEST, DRAWN * this.#ground.stroke));
  }

  set width(width: number) {
    this.#width = width;
  }

  /** Of the brush where the data are coloured. */
  get colour(): string {
    return this.#colour ?? (this.#ground.paper === 1 ? '#000000' : '#ffffff');
  }

  set colour(colour: string) {
    this.#colour = colour;
  }

  choose(way: Way): void {
    if (way === this.way) return;
    this.stop();
    this.photo = this.problem = null;
    this.way = way;
    if (way === 'draw') this.refresh();
  }

  draw(from: Spot, to: Spot, ink: string): void {
    const colour = this.target.colours > 1 ? this.colour : ink;
    this.sketch.line(from, to, { width: this.width, colour, isErasing: this.isErasing });
    this.refresh();
  }

  clear(): void {
    this.sketch.clear();
    this.leave();
  }

  /** Show what there is as it is to be shown now. */
  refresh(): void {
    const values = this.#values();
    if (values) this.show(values);
    else if (this.isShown) this.leave();
  }

  /** The data have another shape now. */
  refit(): void {
    const values = this.target.shape[0] > 1 ? this.#values() : null;
    if (values) this.#selection.sample = { values };
    else this.leave();
  }

  /** Back to a sample of the data set. */
  leave(): void {
    this.stop();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next = null;
    if (this.isShown) this.#selection.sample = this.#before;
  }

  async open(file: Blob): Promise<void> {
    this.stop();
    this.way = 'picture';
    this.problem = null;
    if (file.size > MOST_FILE_BYTES) {
      this.problem = `Pictures may have ${MOST_FILE_BYTES >> 20} MB; make it smaller`;
      return;
    }
    try {
      const bitmap = await createImageBitmap(file);
      this.#keep(bitmap, bitmap.width, bitmap.height);
      bitmap.close();
    } catch {
      this.problem = 'This is no picture that the browser can read; PNG, JPEG and WebP are';
      return;
    }
    this.#adjust();
    this.refresh();
  }

  async start(): Promise<void> {
    this.problem = null;
    let stream: MediaStream;
    try {
      stream = await openCamera();
    } catch (error) {
      this.problem = whyNoCamera(error);
      return;
    }
    if (this.way !== 'camera') return stopTracks(stream);
    this.#stream = stream;
    const video = document.createElement('video');
    video.muted = video.playsInline = true;
    video.srcObject = stream;
    await video.play();
    this.isStreaming = true;
    let isFirst = true;
    const look = (): void => {
      if (this.#stream !== stream) return;
      // Who looks elsewhere is not filmed on.
      if (document.hidden) return this.stop();
      this.#keep(video, video.videoWidth, video.videoHeight);
      if (isFirst) this.#adjust();
      isFirst = false;
      this.refresh();
      setTimeout(look, CAMERA_MS);
    };
    stream.getVideoTracks()[0]?.addEventListener('ended', () => {
      if (this.#stream !== stream) return;
      this.stop();
      this.problem = 'The camera was taken away: connect it and try again';
    });
    look();
  }

  /** Hold the last picture of the camera. */
  stop(): void {
    if (this.#stream) stopTracks(this.#stream);
    this.#stream = null;
    this.isStreaming = false;
  }

  /** Make it the selected sample, at once or as soon as the server has room for the questions that brings. */
  show(values: number[]): void {
    this.#next = values;
    if (this.#timer === undefined) this.#send();
  }

  #send(): void {
    this.#timer = undefined;
    const [values, now] = [this.#next, performance.now()];
    if (values === null) return;
    const rest = this.#sentAt + SHORTEST_MS - now;
    const wait = rest > 0 ? rest : this.#pacing.wait(MESSAGES_PER_STREAM * this.#session.followers(), now);
    if (wait > 0) {
      this.#timer = setTimeout(() => this.#send(), wait);
      return;
    }
    this.#next = null;
    this.#sentAt = now;
    const { sample } = this.#selection;
    if ('index' in sample) this.#before = sample;
    this.#selection.sample = { values };
  }

  #values(): number[] | null {
    if (this.way === 'draw') return drawn(this.sketch.read(), this.target, this.isCentred);
    const pixels = this.#pixels();
    return pixels && photographed(pixels, this.target, this);
  }

  #pixels(): Pixels | null {
    const { photo } = this;
    return photo?.getContext('2d')?.getImageData(0, 0, photo.width, photo.height) ?? null;
  }

  #keep(source: CanvasImageSource, width: number, height: number): void {
    const canvas = this.photo ?? document.createElement('canvas');
    const scale = Math.min(1, PHOTO_SIDE / Math.max(width, height));
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) return;
    context.imageSmoothingQuality = 'high';
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    this.photo = canvas;
  }

  /** Ink on paper becomes ink on the paper of the data. */
  #adjust(): void {
    const pixels = this.#pixels();
    const { isPlain, paper } = this.#ground;
    if (!pixels) return;
    this.isStretched = isPlain && this.target.colours === 1;
    this.isInverted = this.isStretched && isBright(pixels) !== (paper === 1);
  }
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

export const [getOwn, setOwn] = createContext<OwnInput>();

/** Values of one's own belong to one shape of data, and a camera to a sample that is looked at. */
export function keepOwn(session: Session, selection: Selection, own: OwnInput): void {
  $effect(() => {
    const { image_shape, columns } = session.facts;
    const { sample } = selection;
    untrack(() => {
      if (image_shape) own.sketch.reshape(image_shape);
      if ('values' in sample && sample.values.length !== columns.length) own.refit();
    });
  });
  let was = false;
  $effect(() => {
    if (was && !own.isShown) untrack(() => own.leave());
    was = own.isShown;
  });
  $effect(() => () => own.stop());
}
