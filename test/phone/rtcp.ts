// The RTCP a phone sends (RFC 3550 §6): a sender or receiver report with one report block, and its name.
import type { RtpReceiver } from './rtp-receiver.js';
import type { RtpSender } from './rtp-sender.js';

/** Seconds from 1900 (NTP) to 1970. */
const ntpEpoch = 2_208_988_800;

export interface ReportState {
  /** Counts at the last report, for the fraction lost since. */
  highest: number;
  missing: number;
}

/** One compound packet. `state` is carried from report to report. */
export function report(
  sender: RtpSender,
  receiver: RtpReceiver,
  state: ReportState,
  clockRate: number,
  sinceLastMs: number,
  name: string,
): Buffer {
  const received = receiver.report();
  const sending = sender.packetsSent > 0;
  const blocks = received ? 1 : 0;
  const length = 8 + (sending ? 20 : 0) + blocks * 24;
  const packet = Buffer.alloc(length);
  packet[0] = 0x80 | blocks;
  packet[1] = sending ? 200 : 201;
  packet.writeUInt16BE(length / 4 - 1, 2);
  packet.writeUInt32BE(sender.ssrc, 4);
  if (sending) {
    const seconds = Date.now() / 1000 + ntpEpoch;
    packet.writeUInt32BE(Math.floor(seconds) >>> 0, 8);
    packet.writeUInt32BE(Math.floor((seconds % 1) * 0x100000000) >>> 0, 12);
    packet.writeUInt32BE((sender.lastTimestamp + Math.round((sinceLastMs * clockRate) / 1000)) >>> 0, 16);
    packet.writeUInt32BE(sender.packetsSent >>> 0, 20);
    packet.writeUInt32BE(sender.octetsSent >>> 0, 24);
  }
  if (received) {
    const at = length - 24;
    const expected = Math.max(1, received.highest - state.highest);
    const lost = Math.max(0, received.missing - state.missing);
    packet.writeUInt32BE(received.ssrc, at);
    packet[at + 4] = state.highest === 0 ? 0 : Math.min(255, Math.floor((256 * lost) / expected));
    packet.writeUIntBE(Math.min(0x7fffff, received.missing), at + 5, 3);
    packet.writeUInt32BE(received.highest, at + 8);
    packet.writeUInt32BE(received.jitter >>> 0, at + 12);
    state.highest = received.highest;
    state.missing = received.missing;
  }
  return Buffer.concat([packet, sourceDescription(sender.ssrc, name)]);
}

function sourceDescription(ssrc: number, name: string): Buffer {
  const text = Buffer.from(name.slice(0, 200));
  const length = Math.ceil((8 + 2 + text.length + 1) / 4) * 4;
  const packet = Buffer.alloc(length);
  packet[0] = 0x81;
  packet[1] = 202;
  packet.writeUInt16BE(length / 4 - 1, 2);
  packet.writeUInt32BE(ssrc, 4);
  packet[8] = 1;
  packet[9] = text.length;
  text.copy(packet, 10);
  return packet;
}
