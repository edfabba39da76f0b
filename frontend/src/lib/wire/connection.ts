/**
 * The life of one live socket: connecting, open (after the welcome), waiting to try again, closed for good. Runs inside
 * the wire worker; knows nothing of frames' contents. The socket is made by a given function, so that tests need no net.
 */
import type { ClientMessage, ServerMessage, Welcome } from '../schema.gen';
import { backoffMs, classifyClose } from './close';
import { Pacer } from './pacer';

export const PROTOCOL = 1;
const NORMAL_CLOSURE = 1000;
/** Of the server's own rates, so that clock differences do not cost the socket. */
const RATE_MARGIN = 0.8;

export interface Address {
  url: string;
  token: string;
}

export type ConnectionState =
  | { state: 'connecting'; attempt: number }
  | { state: 'open' }
  /** `retryAtMs` is on this machine's clock (Date.now). */
  | { state: 'waiting'; attempt: number; retryAtMs: number }
  | { state: 'closed'; code: number; reason: string };

export interface Handlers {
  onState(state: ConnectionState): void;
  onMessage(message: ServerMessage): void;
  onBytes(bytes: ArrayBuffer): void;
}

/** The part of WebSocket that is used. */
export interface Socket {
  binaryType: BinaryType;
  readonly readyState: number;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(data: string): void;
  close(code?: number): void;
}
const SOCKET_OPEN = 1;

export class Connection {
  #address: Address | undefined;
  #socket: Socket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #welcomed = false;
  #pacer: Pacer | undefined;
  #outbox: ClientMessage[] = [];
  #drainTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly makeSocket: (url: string) => Socket,
    private readonly handlers: Handlers,
    private readonly random: () => number = Math.random,
  ) {}

  /** Connect to another session, or again to the same; the attempts start anew. */
  open(address: Address): void {
    this.#address = address;
    this.#attempt = 0;
    this.#connect();
  }

  /** Try at once instead of waiting. */
  retryNow(): void {
    if (!this.#welcomed) this.#connect();
  }

  close(): void {
    this.#drop();
    this.#address = undefined;
  }

  /** Sent in order, within the server's rate; while there is no welcome nothing is kept, since the answers would be lost. */
  send(message: ClientMessage): void {
    if (!this.#welcomed) return;
    if (message.type === 'ack') this.#write(message);
    else {
      this.#outbox.push(message);
      this.#drain();
    }
  }

  #connect(): void {
    this.#drop();
    const address = this.#address;
    if (!address) return;
    this.handlers.onState({ state: 'connecting', attempt: this.#attempt });
    const socket = this.makeSocket(address.url);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.#write({ type: 'hello', protocol: PROTOCOL, token: address.token });
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => this.#closed(event.code);
  }

  #receive(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      this.handlers.onBytes(data);
      return;
    }
    const message = JSON.parse(String(data)) as ServerMessage;
    if (message.type === 'welcome') this.#greeted(message);
    this.handlers.onMessage(message);
  }

  #greeted({ limits }: Welcome): void {
    this.#welcomed = true;
    this.#attempt = 0;
    this.#pacer = new Pacer(limits.messages_per_second * RATE_MARGIN, limits.message_burst * RATE_MARGIN);
    this.handlers.onState({ state: 'open' });
  }

  #closed(code: number): void {
    this.#drop();
    const verdict = classifyClose(code, this.#attempt);
    if (verdict.kind === 'retry') {
      const delayMs = backoffMs(this.#attempt, this.random());
      this.#attempt += 1;
      this.handlers.onState({ state: 'waiting', attempt: this.#attempt, retryAtMs: Date.now() + delayMs });
      this.#timer = setTimeout(() => this.#connect(), delayMs);
    } else {
      const reason = verdict.kind === 'terminal' ? verdict.reason : 'The server does not answer';
      this.handlers.onState({ state: 'closed', code, reason });
    }
  }

  #drain(): void {
    if (this.#drainTimer !== undefined) return;
    while (this.#outbox.length > 0) {
      const waitMs = this.#pacer?.take(Date.now()) ?? 0;
      if (waitMs > 0) {
        this.#drainTimer = setTimeout(() => {
          this.#drainTimer = undefined;
          this.#drain();
        }, waitMs);
        return;
      }
      const message = this.#outbox.shift();
      if (message) this.#write(message);
    }
  }

  #write(message: ClientMessage): void {
    if (this.#socket?.readyState === SOCKET_OPEN) this.#socket.send(JSON.stringify(message));
  }

  #drop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#drainTimer);
    this.#drainTimer = undefined;
    this.#outbox = [];
    this.#welcomed = false;
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(NORMAL_CLOSURE);
  }
}
