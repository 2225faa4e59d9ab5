import type { Claim, Verdict } from '../../paper/claim.ts';

const words: Readonly<Record<Verdict, string>> = { agrees: 'agrees', partly: 'in part', disagrees: 'disagrees', open: 'cannot be told' };

/** Each claim of the paper beside what the trace shows. */
export function ClaimsTable({ claims }: { readonly claims: readonly Claim[] }) {
  return (
    <div class="paper-claims">
      <table>
        <caption class="visually-hidden">Claims of the paper, and whether this trace agrees</caption>
        <thead><tr><th scope="col">Figure</th><th scope="col">The paper</th><th scope="col">This trace</th><th scope="col">Verdict</th></tr></thead>
        <tbody>
          {claims.map(({ id, figure, paper, here, verdict }) => (
            <tr key={id}>
              <th scope="row">{figure}</th>
              <td data-label="The paper">{paper}</td>
              <td data-label="This trace">{here}</td>
              <td><span class={`paper-verdict paper-${verdict}`}>{words[verdict]}</span></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
