// The addresses of things, as they are told to clients and in callbacks.

export class Addresses {
  private readonly base: string;

  /** @param base of the API, without the version: `http://192.0.2.1:8000` */
  constructor(base: string) {
    this.base = base;
  }

  conference(userId: string, id: string): string {
    return `${this.base}/v1/users/${userId}/conferences/${id}`;
  }

  member(userId: string, conferenceId: string, id: string): string {
    return `${this.conference(userId, conferenceId)}/members/${id}`;
  }

  call(userId: string, id: string): string {
    return `${this.base}/v1/users/${userId}/calls/${id}`;
  }
}

/** `/v1/…` of an address: what a Location header has. */
export function pathOf(address: string): string {
  return new URL(address).pathname;
}
