import { useInterval } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatAgo, formatMoment } from "@/lib/formats";

/** How long ago (or until) a moment is, kept up to date; the tooltip has the moment itself. */
export function Moment({ at }: { at: string }) {
  const { i18n } = useTranslation();
  const [now, setNow] = useState(() => new Date());
  useInterval(() => setNow(new Date()), 1_000, { autoInvoke: true });
  return (
    <time dateTime={at} title={formatMoment(at, i18n.language, true)}>
      {formatAgo(at, i18n.language, now)}
    </time>
  );
}
