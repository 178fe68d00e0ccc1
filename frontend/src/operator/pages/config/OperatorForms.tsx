import { Button, Modal, PasswordInput, Radio, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Operator, useOperatorActions } from "@/api/config";
import type { Role } from "@/api/types";
import { Trouble } from "@/ui/Trouble";

const ROLES = ["viewer", "operator", "admin"] as const;
const SHORTEST = 10;

interface AskedProps {
  title: string;
  opened: boolean;
  onClose: () => void;
  onSubmit: () => void;
  children: ReactNode;
}

function Asked({ title, opened, onClose, onSubmit, children }: AskedProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      centered
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <Stack>{children}</Stack>
      </form>
    </Modal>
  );
}

export function NewOperator({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation("config");
  const common = useTranslation().t;
  const { add } = useOperatorActions();
  const [form, setForm] = useState({ name: "", password: "", role: "viewer" as Role });
  const short = form.password.length < SHORTEST;
  const submit = () =>
    add.mutate(form, {
      onSuccess: ({ name }) => {
        notifications.show({ color: "teal", message: t("users.added", { name }) });
        setForm({ name: "", password: "", role: "viewer" });
        onClose();
      },
    });
  return (
    <Asked title={t("users.add")} opened={opened} onClose={onClose} onSubmit={submit}>
      <TextInput
        label={t("users.name")}
        required
        maxLength={64}
        autoComplete="off"
        data-autofocus
        value={form.name}
        onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
      />
      <Password value={form.password} onChange={(password) => setForm({ ...form, password })} />
      <Radio.Group
        label={t("users.role")}
        value={form.role}
        onChange={(role) => setForm({ ...form, role: role as Role })}
      >
        <Stack gap="xs" mt="xs">
          {ROLES.map((role) => (
            <Radio
              key={role}
              value={role}
              label={common(`roles.${role}`)}
              description={t(`users.may.${role}`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      {add.error && <Trouble error={add.error} />}
      <Button type="submit" loading={add.isPending} disabled={!form.name.trim() || short}>
        {t("users.add")}
      </Button>
    </Asked>
  );
}

export function NewPassword({ operator, onClose }: { operator: Operator; onClose: () => void }) {
  const { t } = useTranslation("config");
  const { change } = useOperatorActions();
  const [password, setPassword] = useState("");
  const submit = () =>
    change.mutate(
      { id: operator.id, password },
      {
        onSuccess: () => {
          notifications.show({ color: "teal", message: t("users.passwordSet") });
          onClose();
        },
      },
    );
  return (
    <Asked
      title={t("users.passwordOf", { name: operator.name })}
      opened
      onClose={onClose}
      onSubmit={submit}
    >
      <Password value={password} onChange={setPassword} />
      {change.error && <Trouble error={change.error} />}
      <Button type="submit" loading={change.isPending} disabled={password.length < SHORTEST}>
        {t("users.setPassword")}
      </Button>
    </Asked>
  );
}

function Password({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation("config");
  return (
    <PasswordInput
      label={t("users.newPassword")}
      description={t("users.passwordHint", { count: SHORTEST })}
      required
      autoComplete="new-password"
      value={value}
      error={value !== "" && value.length < SHORTEST && t("users.passwordShort")}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
