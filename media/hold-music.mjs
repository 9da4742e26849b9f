// Makes the music that callers hear while they wait: ours, from nothing but sines, so that no licence follows the box.
//
// Soft chords, a plucked figure and, every other time round, a few slow notes on top: 32 bars of 3 seconds. Nobody
// should hum it, and nobody should mind it. Only partials between 300 and 3400 Hz sound, all that a telephone carries;
// the ear adds the low notes from their overtones. The last chord dies away just before the end and the first one
// swells up, so the loop takes a breath instead of having a seam. The same file comes out every time.
//
// usage: node hold-music.mjs OUT.wav
import process from 'node:process';
import { loudness, truePeak } from './loudness.mjs';
import { rate, writeWav } from './sound.mjs';

const target = -23; // LUFS: 1 LU quieter than the prompts, its first bars 2, so that a voice stands out
const beat = 0.75; // seconds
const bars = 32;
const length = Math.round(bars * 4 * beat * rate);
const lowest = 300; // Hz
const highest = 3400;

// MIDI note numbers, low to high: four notes that lie close together, and neighbours share most of them.
const chords = [
  [48, 64, 67, 71], // C major 7
  [45, 64, 67, 72], // A minor 7
  [53, 64, 69, 72], // F major 7
  [50, 65, 69, 72], // D minor 7
  [52, 67, 71, 74], // E minor 7
  [45, 67, 72, 76], // A minor 7
  [53, 65, 69, 72], // F
  [43, 65, 67, 74], // G 7 sus 4
];
/** Which note of the chord, an octave up, on each half beat; undefined = a rest. */
const figures = [
  [1, undefined, 2, undefined, 3, undefined, 2, undefined],
  [1, undefined, 3, 2, undefined, 3, undefined, 2],
];
/** Bar, beat, note, beats: twice in a loop. */
const melody = [
  [0, 0, 79, 3],
  [0, 3, 76, 1],
  [1, 0, 76, 4],
  [2, 0, 77, 3],
  [2, 3, 76, 1],
  [3, 0, 74, 4],
  [4, 0, 74, 2],
  [4, 2, 79, 2],
  [5, 0, 76, 4],
  [6, 0, 72, 3],
  [6, 3, 74, 1],
  [7, 0, 74, 3],
];

const sound = new Float64Array(length);

/**
 * Adds one note.
 * @param loud amplitude of a partial of weight 1
 * @param tone.partials weights, from the note itself upwards
 * @param tone.attack seconds; tone.release too, beyond the note's own end
 * @param tone.decay seconds until the lowest partial has fallen to a third; higher ones fall faster
 * @param detune semitones
 */
function note(start, midi, seconds, loud, { partials, attack, decay, release }, detune = 0) {
  const from = Math.round(start * rate);
  const samples = Math.round((seconds + release) * rate);
  for (const [index, weight] of partials.entries()) {
    const hz = 440 * 2 ** ((midi - 69 + detune) / 12) * (index + 1);
    if (hz < lowest || hz > highest) continue;
    const step = (2 * Math.PI * hz) / rate;
    const fall = Math.exp(-(1 + index / 2) / (decay * rate));
    let envelope = loud * weight;
    for (let n = 0; n < samples; n++) {
      const edge = Math.min(1, n / (attack * rate), (samples - n) / (release * rate));
      sound[from + n] += envelope * edge * edge * (3 - 2 * edge) * Math.sin(step * n);
      envelope *= fall;
    }
  }
}

const pad = { partials: [1, 0.5, 0.35, 0.2, 0.12, 0.06], attack: 0.35, decay: 6, release: 0.7 };
const pluck = { partials: [1, 0.25, 0.3, 0.05, 0.08], attack: 0.012, decay: 0.7, release: 0.3 };
const voice = { partials: [1, 0.3, 0.12, 0.05], attack: 0.12, decay: 2.5, release: 0.3 };

for (let bar = 0; bar < bars; bar++) {
  const chord = chords[bar % chords.length];
  const start = bar * 4 * beat;
  const round = Math.floor(bar / chords.length);
  const last = bar === bars - 1;
  for (const midi of chord) {
    note(start, midi, (last ? 3 : 4) * beat, 0.11, pad);
    // A second one, softer and a little higher, drifts against the first: they sound like more than two.
    note(start, midi, (last ? 3 : 4) * beat, 0.05, pad, 0.03);
  }
  if (last) continue;
  figures[round % 2].forEach((which, half) => {
    if (which === undefined) return;
    note(start + (half * beat) / 2, chord[which] + 12, 2 * beat, half % 4 === 0 ? 0.16 : 0.12, pluck);
  });
}
for (const round of [1, 3])
  for (const [bar, at, midi, beats] of melody)
    note((round * chords.length + bar) * 4 * beat + at * beat, midi, beats * beat, 0.13, voice);

const gain = 10 ** ((target - loudness(sound)) / 20);
const result = sound.map((sample) => gain * sample);
if (truePeak(result) > -3) throw new Error('The music is too loud: it would clip.');
writeWav(process.argv[2], result);
