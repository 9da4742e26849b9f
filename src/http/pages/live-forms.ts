// What can be typed in beside the live view of a conference: a sound to be played, and somebody to be called.
import type { StoredMedia } from '../../store/index.js';
import { checkBox, input, select } from './form-fields.js';
import { html, type Html } from './html.js';
import { postForm, type Visit } from './visit.js';

/** An error of one of the two forms, and which. */
export interface FormError {
  readonly form: 'play' | 'dial';
  readonly field: string;
  readonly sentence: string;
}

/** What the document of a conference may leave to who answers; the words are those of the domain. */
export const dialFlags = ['moderator', 'mute', 'deaf', 'ghost'] as const;

export function playForm(
  visit: Visit,
  id: string,
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
    html`${choice}${input({
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
