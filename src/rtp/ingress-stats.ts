// What rtpengine counted of one phone's packets, read out of the reply to `query`.
import type { QueryReply } from './ng-commands.js';

export interface IngressStats {
  /** RTP packets that came from the phone since it was answered, or since the last rebuild. */
  readonly packets: number;
  /** Packets of the phone that never came, counted from the first look at it. */
  readonly lost: number;
  /** What the phone reports by RTCP of what it hears: jitter in ms, loss in percent; absent while it reports nothing. */
  readonly heard?: { readonly jitterMs: number; readonly lossPercent: number };
  /** Unix s; the moment the port was opened while nothing came. */
  readonly lastRtp: number;
  readonly lastRtcp: number;
  /** The phone has sent RTCP since the port was opened. */
  readonly sendsRtcp: boolean;
}

/** Sequence number and count of the first look; a new source (another SSRC) begins anew. */
interface Baseline {
  readonly ssrc: number;
  readonly sequence: number;
  readonly packets: number;
}

export class StatsReader {
  private readonly tag: string;
  private baseline: Baseline | undefined;

  /** @param tag of the side that faces the phone */
  constructor(tag: string) {
    this.tag = tag;
  }

  read(reply: QueryReply): IngressStats {
    const media = reply.tags?.[this.tag]?.medias?.[0];
    const [rtp, rtcp] = media?.streams ?? [];
    const opened = reply.created ?? 0;
    const outgoing = media?.['egress SSRCs']?.[0]?.SSRC;
    const report = outgoing === undefined ? undefined : reply.SSRC?.[String(outgoing)]?.['average MOS'];
    return {
      packets: rtp?.stats?.packets ?? 0,
      lost: this.lost(media?.['ingress SSRCs']?.[0]),
      ...(report && { heard: { jitterMs: report.jitter ?? 0, lossPercent: report['packet loss'] ?? 0 } }),
      lastRtp: rtp?.['last packet'] ?? opened,
      lastRtcp: rtcp?.['last packet'] ?? opened,
      sendsRtcp: (rtcp?.stats?.packets ?? 0) > 0,
    };
  }

  private lost(source: { SSRC?: number; packets?: number; 'last RTP seq'?: number } | undefined): number {
    const { SSRC: ssrc, packets, 'last RTP seq': sequence } = source ?? {};
    if (ssrc === undefined || packets === undefined || sequence === undefined) return 0;
    const base = this.baseline;
    if (base?.ssrc !== ssrc || packets < base.packets) {
      this.baseline = { ssrc, sequence, packets };
      return 0;
    }
    // rtpengine counts sequence numbers on over 65,535.
    return Math.max(0, sequence - base.sequence - (packets - base.packets));
  }
}
