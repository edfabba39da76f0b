/** What a lesson link hides: names of `lesson_controls` in the catalog, which the page's parts carry as `data-control`. */
import type { LessonControl } from '../schema.gen';

class Lesson {
  hidden: readonly string[] = $state.raw([]);

  hides(name: string): boolean {
    return this.hidden.includes(name);
  }

  /** Take over what a link names; what this page does not know hides nothing. */
  hide(names: readonly string[], known: readonly LessonControl[]): void {
    this.hidden = known.map(({ name }) => name).filter((name) => names.includes(name));
  }
}

export const lesson = new Lesson();
