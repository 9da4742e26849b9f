// What a sipp phone does, step by step, as the XML that sipp reads. The SIP is what sipp's own example scenarios send;
// only Call-ID, tag and branches are fixed here, so that a CANCEL or an ACK can name the INVITE it belongs to.
import { randomUUID } from 'node:crypto';

export interface SippMedia {
  /** 0 is PCMU, 8 is PCMA. Default 0. */
  readonly payload?: 0 | 8;
  /** `echo` sends back what it hears, from one of two ports; `file` sends what play() names. Default echo. */
  readonly from?: 'echo' | 'echo-elsewhere' | 'file';
  readonly direction?: 'sendrecv' | 'sendonly' | 'inactive';
  /** Whether key presses are offered as telephone events. Default true. */
  readonly events?: boolean;
}

const ports = {
  echo: '[media_port]',
  'echo-elsewhere': '[media_port+2]',
  file: '[rtpstream_audio_port]',
};

/** The payload type is not negotiable: sipp's play_dtmf sends telephone events as 96, whatever the SDP says. */
const eventPayload = 96;

function sdp(version: number, media: SippMedia): string[] {
  const { payload = 0, from = 'echo', direction = 'sendrecv', events = true } = media;
  return [
    'v=0',
    `o=sipp 53655765 ${version} IN IP4 [local_ip]`,
    's=-',
    'c=IN IP4 [media_ip]',
    't=0 0',
    `m=audio ${ports[from]} RTP/AVP ${payload}${events ? ` ${eventPayload}` : ''}`,
    `a=rtpmap:${payload} ${payload === 0 ? 'PCMU' : 'PCMA'}/8000`,
    ...(events ? [`a=rtpmap:${eventPayload} telephone-event/8000`, `a=fmtp:${eventPayload} 0-15`] : []),
    `a=${direction}`,
  ];
}

export class Scenario {
  readonly callId = `sipp-${randomUUID()}`;
  private readonly steps: string[] = [];
  private cseq = 0;
  private inviteCseq = 0;
  private inDialog = false;
  private gates = 0;

  /** An INVITE without waiting for anything; a later one is a re-INVITE. */
  invite(media: SippMedia = {}): this {
    this.inviteCseq = ++this.cseq;
    return this.send('INVITE', this.cseq, ['Content-Type: application/sdp'], sdp(this.cseq, media));
  }

  /** INVITE, 200 and ACK, at the beginning or in the call. */
  call(media: SippMedia = {}): this {
    return this.invite(media).answered().ack();
  }

  /** The 200 of the last INVITE. */
  answered(): this {
    this.steps.push(
      '<recv response="100" optional="true"/>',
      '<recv response="180" optional="true"/>',
      '<recv response="200" rrs="true"/>',
    );
    this.inDialog = true;
    return this;
  }

  /** ACK of the last INVITE, with 200 or, before the call was answered, refused. */
  ack(): this {
    return this.send('ACK', this.inviteCseq, [], [], this.inDialog ? 'ack' : 'invite');
  }

  response(status: number): this {
    this.steps.push(`<recv response="${status}"/>`);
    return this;
  }

  refused(status: number): this {
    this.steps.push('<recv response="100" optional="true"/>');
    return this.response(status).ack();
  }

  /** Tells the test that it has come so far, and goes on when the test says so. */
  gate(name: string): this {
    this.gates += 1;
    this.steps.push(`<sendCmd><![CDATA[\nCall-ID: [call_id]\nStep: ${name}\n\n]]></sendCmd>`, '<recvCmd/>');
    return this;
  }

  /** Keys by RFC 4733, as sipp makes them. */
  press(digits: string): this {
    this.steps.push(`<nop><action><exec play_dtmf="${digits}"/></action></nop>`);
    return this;
  }

  /** Keys by INFO, one after the other. */
  info(digits: string): this {
    for (const digit of digits) {
      this.send(
        'INFO',
        ++this.cseq,
        ['Content-Type: application/dtmf-relay'],
        [`Signal=${digit}`, 'Duration=160'],
      ).response(200);
    }
    return this;
  }

  /** A file of G.711 as it goes over the wire; over and over, or once. */
  play(file: string, { payload = 0, loop = true }: { payload?: 0 | 8; loop?: boolean } = {}): this {
    this.steps.push(`<nop><action><exec rtp_stream="${file},${loop ? -1 : 1},${payload}"/></action></nop>`);
    return this;
  }

  cancel(): this {
    return this.send('CANCEL', this.inviteCseq, [], [], 'invite').response(200);
  }

  bye(): this {
    return this.send('BYE', ++this.cseq).response(200);
  }

  /** Waits until the box hangs up. */
  hungUp(): this {
    this.steps.push(
      '<recv request="BYE"/>',
      `<send>${cdata([
        'SIP/2.0 200 OK',
        '[last_Via:]',
        '[last_From:]',
        '[last_To:]',
        '[last_Call-ID:]',
        '[last_CSeq:]',
        'Content-Length: 0',
      ])}</send>`,
    );
    return this;
  }

  get hasGates(): boolean {
    return this.gates > 0;
  }

  toXml(): string {
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<scenario name="phone">',
      ...this.steps,
      '</scenario>',
      '',
    ].join('\n');
  }

  private send(
    method: string,
    cseq: number,
    headers: readonly string[] = [],
    body: readonly string[] = [],
    transaction = method.toLowerCase(),
  ): this {
    const target =
      this.inDialog && method !== 'CANCEL' ? '[next_url]' : 'sip:[service]@[remote_ip]:[remote_port]';
    // What answers a refusal bears the tag of the refusal; an INVITE and its CANCEL bear none.
    const tagged = this.inDialog || method === 'ACK';
    const retransmit = method === 'ACK' ? '' : ' retrans="500"';
    const text = cdata([
      `${method} ${target} SIP/2.0`,
      `Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK-${this.callId}-${transaction}-${cseq}`,
      `From: <sip:sipp@[local_ip]:[local_port]>;tag=${this.callId}`,
      `To: <sip:[service]@[remote_ip]:[remote_port]>${tagged ? '[peer_tag_param]' : ''}`,
      'Call-ID: [call_id]',
      `CSeq: ${cseq} ${method}`,
      'Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>',
      'Max-Forwards: 70',
      ...headers,
      'Content-Length: [len]',
      ...(body.length > 0 ? ['', ...body] : []),
    ]);
    this.steps.push(`<send${retransmit}>${text}</send>`);
    return this;
  }
}

function cdata(lines: readonly string[]): string {
  return `<![CDATA[\n${lines.join('\n')}\n\n]]>`;
}
