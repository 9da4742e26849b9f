// What can be typed in beside the live view of a conference: a sound to be played, a sentence to be said, and somebody to
// be called.
import type { Member } from '../../conference/index.js';
import { announcedLanguageOf, longestSentence, spokenLanguages } from '../../calls/index.js';
import type { StoredMedia } from '../../store/index.js';
import { checkBox, input, select, textArea } from './form-fields.js';
import { html, type Html } from './html.js';
import { targetSelect } from './live-target.js';
import { postForm, type Visit } from './visit.js';

/** An error of one of the forms, and which. */
export interface FormError {
  readonly form: 'play' | 'say' | 'dial';
  readonly field: string;
  readonly sentence: string;
}

/** What the document of a conference may leave to who answers; the words are those of the domain. */
export const dialFlags = ['moderator', 'mute', 'deaf', 'ghost'] as const;

export function playForm(
  visit: Visit,
  id: string,
  people: readonly Member[],
  sounds: readonly StoredMedia[],
  error: FormError | undefined,
): Html {
  const t = visit.texts.play;
  const ours = error?.form === 'play';
  const value = (name: string) => (ours ? (visit.form.get(name) ?? '') : '');
  const wrong = (name: string) => (ours && error.field === name ? error.sentence : undefined);
  const choices = sounds.map((sound) => ({ value: sound.id, label: sound.document.name }));
  const choice =
    choices.length > 0
      ? select(
          {
            name: 'sound',
            form: 'play',
            label: t.sound,
            value: value('sound'),
            error: wrong('sound'),
          },
          [{ value: '', label: t.choose }, ...choices],
        )
      : html`<p class="quiet">${t.noSounds} <a href="/box/sounds">${t.addSounds}</a></p>`;
  const buttons = html`<div class="buttons"><button class="primary" name="action" value="play">${t.play}</button><button name="action" value="stop" formnovalidate>${t.stop}</button></div>`;
  return html`<section class="card" aria-labelledby="play"><h3 id="play">${t.title}</h3>${postForm(
    visit,
    `/conferences/${id}/play`,
    html`${targetSelect(visit, 'play', people, chosenTarget(visit, ours))}${choice}${input({
      name: 'url',
      form: 'play',
      label: t.url,
      help: t.urlHelp,
      value: value('url'),
      error: wrong('url'),
      maxlength: 2048,
      autofocus: wrong('url') !== undefined,
    })}${buttons}`,
  )}</section>`;
}

/** @param ours the form was posted and is shown again */
function chosenTarget({ form, query }: Visit, ours: boolean): string {
  return (ours ? form.get('to') : query.get('to')) ?? 'all';
}

/** @param language of the conference */
export function sayForm(
  visit: Visit,
  id: string,
  people: readonly Member[],
  language: string | undefined,
  error: FormError | undefined,
): Html {
  const { format, form } = visit;
  const t = visit.texts.say;
  const ours = error?.form === 'say';
  const sentence = textArea({
    name: 'sentence',
    form: 'say',
    label: t.sentence,
    rows: 2,
    value: ours ? (form.get('sentence') ?? '') : '',
    error: ours ? error.sentence : undefined,
    maxlength: longestSentence,
    required: true,
    autofocus: ours || (error === undefined && visit.query.has('to')),
  });
  const chosen = (ours && form.get('language')) || announcedLanguageOf(language);
  const choices = spokenLanguages.map((value) => ({ value, label: format.language(value) }));
  const voice = select({ name: 'language', form: 'say', label: t.language, value: chosen }, choices);
  return html`<section class="card" aria-labelledby="say"><h3 id="say">${t.title}</h3>${postForm(
    visit,
    `/conferences/${id}/say`,
    html`${targetSelect(visit, 'say', people, chosenTarget(visit, ours))}${sentence}${voice}<div class="buttons"><button class="primary">${t.say}</button></div>`,
  )}</section>`;
}

export function dialForm(visit: Visit, id: string, error: FormError | undefined): Html {
  const t = visit.texts.dial;
  const ours = error?.form === 'dial';
  const value = (name: string) => (ours ? (visit.form.get(name) ?? '') : '');
  const sentence = ours ? error.sentence : undefined;
  return html`<section class="card" aria-labelledby="dial"><h3 id="dial">${t.title}</h3>${postForm(
    visit,
    `/conferences/${id}/dial`,
    html`${input({
      name: 'target',
      form: 'dial',
      label: t.target,
      help: t.targetHelp,
      value: value('target'),
      error: sentence,
      maxlength: 400,
      required: true,
      autofocus: sentence !== undefined,
    })}<fieldset class="checks"><legend>${t.joins}</legend>${dialFlags.map((flag) =>
      checkBox({ name: flag, form: 'dial', label: t.flags[flag] }, value(flag) === 'true'),
    )}</fieldset><div class="buttons"><button class="primary">${t.call}</button></div>`,
  )}</section>`;
}
