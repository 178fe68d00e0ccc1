/**
 * What an object or table is called in the reader's language.
 *
 * Names come in both languages, `Сделки / Deals` or `Проекты: воронки / funnels`; names that
 * people gave come as they are.
 */
export function titleIn(title: string, language: string): string {
  return title
    .split(": ")
    .map((part) => {
      const halves = part.split(" / ");
      return halves.length === 2 ? halves[language === "ru" ? 0 : 1] : part;
    })
    .join(": ");
}
