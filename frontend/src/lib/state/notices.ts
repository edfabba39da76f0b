/** What the page says of its connection, and what it tells the person. */

export interface ConnectionView {
  state: 'connecting' | 'open' | 'waiting' | 'closed';
  attempt?: number;
  retryInSecs?: number;
  /** On this machine's clock (Date.now). */
  retryAtMs?: number;
  /** Why it is closed for good. */
  reason?: string;
}

export interface Notice {
  text: string;
  kind: 'info' | 'bad';
  /** Of the error it tells. */
  code?: string;
  /** Sentences that belong to it. */
  notes?: readonly string[];
}
