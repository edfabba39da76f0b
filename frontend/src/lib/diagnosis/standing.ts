/** A finding is shown once it was found twice running and goes once it was missed twice: one odd figure is no finding. Pure. */
import type { Finding } from './facts';

export interface Standing {
  readonly finding: Finding;
  /** Above zero so often found running, below so often missed. */
  readonly streak: number;
  readonly shown: boolean;
}

const TWICE = 2;

/** What stands after another look; `at once` also what was found only now. */
export function look(before: readonly Standing[], found: readonly Finding[], atOnce: boolean): readonly Standing[] {
  const seen = found.map((finding): Standing => {
    const known = before.find((standing) => standing.finding.id === finding.id);
    const streak = known && known.streak > 0 ? known.streak + 1 : 1;
    return { finding, streak, shown: atOnce || known?.shown === true || streak >= TWICE };
  });
  const missed = before
    .filter((standing) => standing.shown && !found.some(({ id }) => id === standing.finding.id))
    .map((standing): Standing => ({ ...standing, streak: standing.streak > 0 ? -1 : standing.streak - 1 }))
    .filter(({ streak }) => streak > -TWICE);
  return [...seen, ...missed];
}
