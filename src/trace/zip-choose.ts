import { amount, number } from './amount.ts';
import { naturalOrder } from './names.ts';
import { badInput } from './problems.ts';
import type { Questions } from './questions.ts';
import type { Source } from './reader.ts';
import { streamedSource } from './streamed-source.ts';
import { memberChunks, zipMembers, type ZipMember } from './zip.ts';

/** What systems put beside the files of a person. */
const littering = /(?:^|\/)(?:__MACOSX\/|\.|Thumbs\.db$|desktop\.ini$)|\/$/;
/** What is hardly a trace. */
const unlikely = /\.(?:md|txt|py|ipynb|png|jpe?g|pdf|html?|ya?ml|toml|sh|cfg|ini)$/i;

/** The file of an archive that holds the trace; asks when several could. */
export async function chosenMember(archive: Source, questions: Questions, signal?: AbortSignal): Promise<Source> {
  const members = (await zipMembers(archive, signal)).filter(({ name, bytes }) => !littering.test(name) && bytes > 0).toSorted((a, b) => naturalOrder(a.name, b.name));
  if (members.length === 0) throw badInput(archive.name, 'there is no file in it', 'open an archive that holds a trace');
  const likely = members.filter(({ name }) => !unlikely.test(name));
  const [guess] = (likely.length > 0 ? likely : members).toSorted((a, b) => b.bytes - a.bytes);
  const answer = members.length === 1 ? guess.name : questions.ask({
    id: 'member', label: 'Which file of the archive?', guess: guess.name, ambiguous: likely.length !== 1,
    options: members.slice(0, mostChoices).map(({ name, bytes }) => ({ value: name, label: `${name} (${size(bytes)})` })),
  });
  return memberSource(archive, members.find(({ name }) => name === answer) ?? guess);
}

/** More than a person would look through. */
const mostChoices = 500;

function size(bytes: number): string {
  return bytes < 10_000 ? amount(bytes, 'byte') : `${number.format(Math.round(bytes / 1000))} kB`;
}

function memberSource(archive: Source, member: ZipMember): Source {
  let read = 0;
  return streamedSource({
    name: member.name.slice(member.name.lastIndexOf('/') + 1), label: `${archive.name}, ${member.name}`, byteLength: member.bytes,
    packed: { byteLength: member.packedBytes, done: () => read },
    open() {
      read = 0;
      const chunks = memberChunks(archive, member, { onBytes: (bytes) => { read += bytes; } });
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          const { done, value } = await chunks.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: () => void chunks.return(),
      }, { highWaterMark: 0 });
    },
  });
}
