import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconTool } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Validation } from "@/api/types";
import { useValidationActions } from "@/api/validation";
import { Confirm } from "@/ui/Confirm";
import { needsAccepting } from "./proof";

/** Read what differs again, store it, and compare once more. */
export function Repair({ validation }: { validation: Validation }) {
  const { t } = useTranslation("validation");
  const { repair } = useValidationActions();
  const [asking, { open, close }] = useDisclosure();
  const accepting = needsAccepting(validation);
  const left = validation.unrepaired;
  if (left === 0 || (validation.status !== "succeeded" && !accepting)) return null;
  const run = (acceptDeletions: boolean) =>
    repair.mutate(
      { id: validation.id, acceptDeletions },
      { onError: (error) => notifications.show({ color: "red", message: error.message }) },
    );
  return (
    <>
      <Button
        leftSection={<IconTool size={16} aria-hidden />}
        color={accepting ? "red" : "bridge"}
        loading={repair.isPending}
        onClick={accepting ? open : () => run(false)}
      >
        {t(accepting ? "repair.accept" : "repair.action", { count: left })}
      </Button>
      <Confirm
        opened={asking}
        title={t("repair.accept")}
        text={t("repair.acceptText")}
        action={t("repair.accept")}
        onClose={close}
        onConfirm={() => run(true)}
      />
    </>
  );
}
