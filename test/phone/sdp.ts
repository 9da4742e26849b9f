// Session descriptions of the phone (RFC 8866, RFC 3264): one audio stream, written and read by own code.
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface Format {
  readonly payloadType: number;
  /** Lower case, e.g. pcmu, opus, telephone-event. */
  readonly name: string;
  readonly clockRate: number;
  readonly channels: number;
  readonly parameters?: string;
}

export interface CryptoLine {
  readonly tag: number;
  readonly suite: string;
  /** Master key and salt, 30 bytes for AES_CM_128. */
  readonly key: Buffer;
}

/** What one side says about its audio. */
export interface AudioDescription {
  readonly address: string;
  /** 0 when the stream is refused. */
  readonly port: number;
  readonly rtcpPort: number;
  readonly protocol: string;
  readonly formats: readonly Format[];
  readonly direction: Direction;
  readonly ptime?: number;
  readonly crypto: readonly CryptoLine[];
}

/** RFC 3551 §6: what the static payload types mean without an rtpmap. */
const staticFormats: Record<number, Format> = {
  0: { payloadType: 0, name: 'pcmu', clockRate: 8_000, channels: 1 },
  8: { payloadType: 8, name: 'pcma', clockRate: 8_000, channels: 1 },
  9: { payloadType: 9, name: 'g722', clockRate: 8_000, channels: 1 },
};

const wireNames: Record<string, string> = { pcmu: 'PCMU', pcma: 'PCMA', g722: 'G722' };

export function formatSdp(
  audio: AudioDescription,
  session: { id: number; version: number; user: string },
): string {
  const lines = [
    'v=0',
    `o=${session.user} ${session.id} ${session.version} IN IP4 ${audio.address}`,
    's=phone',
    `c=IN IP4 ${audio.address}`,
    't=0 0',
    `m=audio ${audio.port} ${audio.protocol} ${audio.formats.map((format) => format.payloadType).join(' ')}`,
  ];
  for (const line of audio.crypto) {
    lines.push(`a=crypto:${line.tag} ${line.suite} inline:${line.key.toString('base64')}`);
  }
  for (const format of audio.formats) {
    const channels = format.channels > 1 ? `/${format.channels}` : '';
    lines.push(
      `a=rtpmap:${format.payloadType} ${wireNames[format.name] ?? format.name}/${format.clockRate}${channels}`,
    );
    if (format.parameters) lines.push(`a=fmtp:${format.payloadType} ${format.parameters}`);
  }
  if (audio.ptime !== undefined) lines.push(`a=ptime:${audio.ptime}`);
  if (audio.port !== 0) lines.push(`a=${audio.direction}`);
  return `${lines.join('\r\n')}\r\n`;
}

/** The first audio stream of a description. Throws when there is none. */
export function parseSdp(text: string): AudioDescription {
  const lines = text.split(/\r?\n/);
  let address = '0.0.0.0';
  let direction: Direction = 'sendrecv';
  let media: string[] | undefined;
  const maps = new Map<number, Format>();
  const parameters = new Map<number, string>();
  const crypto: CryptoLine[] = [];
  let rtcpPort: number | undefined;
  let ptime: number | undefined;
  for (const line of lines) {
    if (line.startsWith('m=')) {
      if (media) break;
      if (line.startsWith('m=audio')) media = line.slice(2).trim().split(/\s+/);
      continue;
    }
    const connection = /^c=IN IP4 (\S+)/.exec(line);
    if (connection) address = connection[1]!;
    const way = /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/.exec(line);
    if (way) direction = way[1] as Direction;
    const map = /^a=rtpmap:(\d+) ([^/\s]+)\/(\d+)(?:\/(\d+))?/.exec(line);
    if (map) {
      maps.set(Number(map[1]), {
        payloadType: Number(map[1]),
        name: map[2]!.toLowerCase(),
        clockRate: Number(map[3]),
        channels: Number(map[4] ?? 1),
      });
    }
    const fmtp = /^a=fmtp:(\d+) (.+)$/.exec(line);
    if (fmtp) parameters.set(Number(fmtp[1]), fmtp[2]!.trim());
    const rtcp = /^a=rtcp:(\d+)/.exec(line);
    if (rtcp) rtcpPort = Number(rtcp[1]);
    const time = /^a=ptime:(\d+)/.exec(line);
    if (time) ptime = Number(time[1]);
    const key = /^a=crypto:(\d+) (\S+) inline:([A-Za-z0-9+/=]+)/.exec(line);
    if (key) crypto.push({ tag: Number(key[1]), suite: key[2]!, key: Buffer.from(key[3]!, 'base64') });
  }
  if (!media) throw new Error(`no audio in the session description: ${JSON.stringify(text.slice(0, 400))}`);
  const port = Number(media[1]);
  const formats = media.slice(3).flatMap((type) => {
    const known = maps.get(Number(type)) ?? staticFormats[Number(type)];
    const fmtp = parameters.get(Number(type));
    return known ? [fmtp === undefined ? known : { ...known, parameters: fmtp }] : [];
  });
  return {
    address,
    port,
    rtcpPort: rtcpPort ?? port + 1,
    protocol: media[2] ?? '',
    formats,
    direction,
    ...(ptime === undefined ? {} : { ptime }),
    crypto,
  };
}

export function sends(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'sendonly';
}

export function receives(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'recvonly';
}

/** The direction to answer with: what we want as far as the offer allows (RFC 3264 §6.1). */
export function answerDirection(offered: Direction, wanted: Direction): Direction {
  const send = receives(offered) && sends(wanted);
  const receive = sends(offered) && receives(wanted);
  return send ? (receive ? 'sendrecv' : 'sendonly') : receive ? 'recvonly' : 'inactive';
}
