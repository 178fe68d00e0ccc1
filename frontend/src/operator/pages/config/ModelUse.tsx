import { SimpleGrid, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, body } from "@/api/client";
import { formatMoney, formatNumber } from "@/lib/formats";
import { Section } from "./Section";

/** What the language model was used for, and what that has cost. */
export function ModelUse() {
  const { t, i18n } = useTranslation("config");
  const { data } = useQuery({
    queryKey: ["system", "llm", "use"],
    queryFn: () => body(api.GET("/api/v1/system/llm")),
  });
  if (!data?.configured) return null;
  const { days } = data;
  const sum = (of: (day: (typeof days)[number]) => number) =>
    days.reduce((all, day) => all + of(day), 0);
  const failed = sum((day) => day.failed);
  const priced = days.every((day) => day.dollars !== null);
  const figures = [
    [t("ai.model"), data.model],
    [
      t("ai.asked"),
      [
        formatNumber(
          sum((day) => day.calls),
          i18n.language,
        ),
        ...(failed > 0 ? [t("ai.failed", { count: failed })] : []),
      ].join(", "),
    ],
    [
      t("ai.tokens"),
      formatNumber(
        sum((day) => day.prompt_tokens + day.answer_tokens),
        i18n.language,
      ),
    ],
    [
      t("ai.dollars"),
      priced ? formatMoney(sum((day) => day.dollars ?? 0).toFixed(2), "USD", i18n.language) : "—",
    ],
  ] as const;
  return (
    <Section level={2} title={t("ai.use")} hint={t("ai.useHint")}>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        {figures.map(([label, figure]) => (
          <div key={label}>
            <Text size="xs" c="dimmed">
              {label}
            </Text>
            <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
              {figure}
            </Text>
          </div>
        ))}
      </SimpleGrid>
      {!priced && (
        <Text size="xs" c="dimmed">
          {t("ai.noPrice")}
        </Text>
      )}
    </Section>
  );
}
