import { Button, Checkbox, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconRestore } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSyncActions } from "@/api/actions";
import { useMay } from "@/api/session";
import type { CrmObject } from "@/api/types";
import { titleIn } from "@/lib/titles";
import { Confirm } from "@/ui/Confirm";
import { Section } from "./Section";

interface ResetProps {
  object: CrmObject;
  onDone: () => void;
}

/** Read everything of an object anew. */
export function Reset({ object, onDone }: ResetProps) {
  const { t, i18n } = useTranslation("config");
  const may = useMay("operator");
  const [asking, { open, close }] = useDisclosure();
  const [dropTable, setDropTable] = useState(false);
  const { reset } = useSyncActions(object.entity);
  if (!may) return null;
  const title = titleIn(object.title, i18n.language);
  const run = () =>
    reset.mutate(
      { dropTable },
      {
        onSuccess: () => {
          notifications.show({ color: "teal", title, message: t("reset.begun") });
          onDone();
        },
        onError: (error) => notifications.show({ color: "red", title, message: error.message }),
      },
    );
  return (
    <Section level={3} title={t("reset.title")} hint={t("reset.hint")}>
      <Stack align="flex-start" gap="sm">
        <Checkbox
          label={t("reset.drop")}
          description={t("reset.dropHint", { table: object.table })}
          checked={dropTable}
          onChange={(event) => setDropTable(event.currentTarget.checked)}
        />
        <Button
          color="red"
          variant="light"
          leftSection={<IconRestore size={16} aria-hidden />}
          loading={reset.isPending}
          onClick={open}
        >
          {t("reset.action")}
        </Button>
      </Stack>
      <Confirm
        opened={asking}
        title={t("reset.confirm", { name: title })}
        text={t(dropTable ? "reset.confirmDrop" : "reset.confirmText", { table: object.table })}
        action={t("reset.action")}
        onClose={close}
        onConfirm={run}
      />
    </Section>
  );
}
