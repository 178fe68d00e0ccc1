import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFirstTerms, useRestoreTerms } from "@/api/config";
import { useMay } from "@/api/session";
import { titleIn } from "@/lib/titles";

/** The program's own words that were changed or removed, each to be brought back. */
export function FirstTerms() {
  const { t, i18n } = useTranslation("config");
  const may = useMay("operator");
  const first = useFirstTerms();
  const restore = useRestoreTerms();
  const changed = first.data?.filter((each) => each.state !== "used") ?? [];
  if (!may || changed.length === 0) return null;
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed">
        {t("terms.back")}
      </Text>
      {changed.map(({ term, meaning }) => (
        <Button
          key={term}
          size="xs"
          variant="default"
          title={meaning}
          loading={restore.isPending}
          leftSection={<IconArrowBackUp size={14} aria-hidden />}
          onClick={() =>
            restore.mutate([term], {
              onError: (error) => notifications.show({ color: "red", message: error.message }),
            })
          }
        >
          {titleIn(term, i18n.language)}
        </Button>
      ))}
    </Group>
  );
}
