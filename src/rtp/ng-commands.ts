// Every NG command this box uses, with the arguments it uses, in rtpengine's own spelling. What a combination of them
// does was measured against rtpengine 26.0.1; the recipes themselves are in ingress-recipes.ts and room-call.ts.

export type AudioPlayer = 'always' | 'off';

/** [towards who sends this message, towards the other side]; names of rtpengine's logical interfaces. */
export type Direction = readonly [string, string];

export interface CodecRules {
  /** Codecs that are not shown to the other side; 'all'. */
  readonly mask?: readonly string[];
  readonly transcode?: readonly string[];
  /** `publish` takes the first of the SDP that is named here. */
  readonly accept?: readonly string[];
}

interface InCall {
  readonly 'call-id': string;
}

interface SdpOptions extends InCall {
  readonly 'from-tag': string;
  readonly sdp: string;
  readonly flags?: readonly string[];
  readonly direction?: Direction;
  readonly codec?: CodecRules;
  readonly ICE?: 'remove';
  readonly 'rtcp-mux'?: readonly string[];
  readonly 'transport protocol'?: 'RTP/AVP';
  readonly 'DTMF-security'?: 'drop' | 'silence';
  /** ms */
  readonly 'delay-buffer'?: number;
}

export interface OfferArgs extends SdpOptions {
  /** Only when the other side is known already (re-offer). */
  readonly 'to-tag'?: string;
}

export interface AnswerArgs extends SdpOptions {
  readonly 'to-tag': string;
}

export interface PublishArgs extends SdpOptions {
  readonly 'audio player': AudioPlayer;
}

export interface CreateArgs extends InCall {
  readonly 'from-tag': string;
  readonly 'audio player': AudioPlayer;
  readonly medias: readonly { readonly type: 'audio'; readonly codecs: readonly string[] }[];
  readonly direction?: Direction;
}

export interface CreateAnswerArgs extends InCall {
  readonly 'from-tag': string;
  readonly sdp: string;
}

export interface ConnectArgs extends InCall {
  /** Never empty: rtpengine would take it for a single, missing from-tag. */
  readonly 'from-tags': readonly [string, ...string[]];
  readonly 'to-tag': string;
  /** `directional` must be there, or the hearer is also made a source. */
  readonly flags: readonly string[];
  readonly 'audio player': AudioPlayer;
}

export interface UnsubscribeArgs extends InCall {
  /** Absent = everything of `to-tag`, and the leg itself is destroyed. */
  readonly 'from-tag'?: string;
  readonly 'to-tag': string;
  readonly flags: readonly string[];
}

export interface PartyArgs extends InCall {
  readonly 'from-tag': string;
  readonly flags?: readonly string[];
}

export interface BlockDtmfArgs extends PartyArgs {
  readonly 'DTMF-security'?: 'drop' | 'silence';
  /** ms */
  readonly 'delay-buffer'?: number;
}

export interface PlayArgs extends PartyArgs {
  /** Absolute path as rtpengine sees it. */
  readonly file: string;
  readonly 'repeat-times'?: number;
  /** Where to begin, in the time base of the file: samples for WAV (measured; the documentation says frames). */
  readonly 'start-pos'?: number;
}

export interface QueryArgs extends InCall {
  readonly 'from-tag'?: string;
}

export interface SdpReply {
  readonly sdp: string;
}

/** One direction of one port as rtpengine counts it. */
export interface StreamStats {
  readonly 'local port'?: number;
  /** Unix s; the creation of the stream while nothing came. */
  readonly 'last packet'?: number;
  readonly stats?: { readonly packets?: number; readonly bytes?: number; readonly errors?: number };
}

/** One source of RTP on one port. */
export interface SourceStats {
  readonly SSRC?: number;
  readonly packets?: number;
  /** Counted on over 65,535. */
  readonly 'last RTP seq'?: number;
}

export interface MediaStats {
  /** RTP, then RTCP. */
  readonly streams?: readonly StreamStats[];
  readonly 'ingress SSRCs'?: readonly SourceStats[];
  readonly 'egress SSRCs'?: readonly SourceStats[];
}

export interface QueryReply {
  /** Unix s */
  readonly created?: number;
  readonly tags?: Record<string, { readonly medias?: readonly MediaStats[] } | undefined>;
  /** By SSRC; the averages only for a source that somebody reported on by RTCP (jitter ms, packet loss percent). */
  readonly SSRC?: Record<
    string,
    { readonly 'average MOS'?: { readonly jitter?: number; readonly 'packet loss'?: number } } | undefined
  >;
}

export interface PlayReply {
  /** ms; absent when the length of the file is unknown. */
  readonly duration?: number;
}
