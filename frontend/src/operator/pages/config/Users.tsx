import { Badge, Button, Group, Select, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconLock, IconUserPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Operator, useOperatorActions, useOperators } from "@/api/config";
import { useMay, useMe } from "@/api/session";
import type { Role } from "@/api/types";
import { Copyable } from "@/ui/Copy";
import { Moment } from "@/ui/Moment";
import { Cell, Line, Stacking } from "@/ui/Stacking";
import { Empty, Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";
import { NewOperator, NewPassword } from "./OperatorForms";

export const ROLES = ["viewer", "operator", "admin"] as const satisfies readonly Role[];

/** Who may sign in, and what each may do. */
export function Users() {
  const { t } = useTranslation("config");
  const me = useMe();
  const may = useMay("admin");
  const on = me.data?.auth_enabled ?? false;
  const operators = useOperators(on && may);
  const [adding, { open, close }] = useDisclosure();

  if (!on) return <SwitchedOff />;
  if (!may)
    return (
      <Empty
        icon={<IconLock size={40} stroke={1.5} />}
        title={t("users.title")}
        text={t("adminOnly")}
      />
    );
  if (operators.isPending) return <Loading rows={3} height={48} />;
  if (!operators.data)
    return <Trouble error={operators.error} onRetry={() => void operators.refetch()} />;
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" maw={560}>
          {t("users.hint")}
        </Text>
        <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={open}>
          {t("users.add")}
        </Button>
      </Group>
      <Stacking
        label={t("tab.users")}
        heads={[t("users.name"), t("users.role"), t("users.seen"), ""]}
      >
        {operators.data.map((operator) => (
          <Row key={operator.id} operator={operator} own={operator.name === me.data?.name} />
        ))}
      </Stacking>
      <NewOperator opened={adding} onClose={close} />
    </Stack>
  );
}

function Row({ operator, own }: { operator: Operator; own: boolean }) {
  const { t } = useTranslation("config");
  const common = useTranslation().t;
  const { change } = useOperatorActions();
  const [passwordOf, setPasswordOf] = useState(false);
  const put = (given: { role?: Role; active?: boolean }) =>
    change.mutate(
      { id: operator.id, ...given },
      { onError: (error) => notifications.show({ color: "red", message: error.message }) },
    );
  return (
    <Line>
      <Cell>
        <Group gap="xs">
          <Text size="sm" fw={600} {...(operator.active ? {} : { c: "dimmed" })}>
            {operator.name}
          </Text>
          {own && (
            <Badge size="sm" variant="light" tt="none">
              {t("users.you")}
            </Badge>
          )}
          {!operator.active && (
            <Badge size="sm" variant="light" color="gray" tt="none">
              {t("users.closed")}
            </Badge>
          )}
        </Group>
      </Cell>
      <Cell label={t("users.role")}>
        <Select
          size="xs"
          w={180}
          aria-label={t("users.roleOf", { name: operator.name })}
          data={ROLES.map((value) => ({ value, label: common(`roles.${value}`) }))}
          value={operator.role}
          allowDeselect={false}
          disabled={change.isPending || !operator.active}
          onChange={(role) => role && put({ role: role as Role })}
        />
      </Cell>
      <Cell label={t("users.seen")}>
        <Text size="sm">
          {operator.signed_in_at ? <Moment at={operator.signed_in_at} /> : t("users.never")}
        </Text>
      </Cell>
      <Cell>
        <Group gap="xs">
          <Button size="compact-sm" variant="subtle" onClick={() => setPasswordOf(true)}>
            {t("users.password")}
          </Button>
          {!own && (
            <Button
              size="compact-sm"
              variant="subtle"
              color={operator.active ? "red" : "teal"}
              loading={change.isPending}
              onClick={() => put({ active: !operator.active })}
            >
              {t(operator.active ? "users.close" : "users.reopen")}
            </Button>
          )}
        </Group>
        {passwordOf && <NewPassword operator={operator} onClose={() => setPasswordOf(false)} />}
      </Cell>
    </Line>
  );
}

const SETTINGS = "AUTH_ENABLED=true\nAUTH_SECRET=…";
const FIRST = "bridge24 operators add anna --role admin";

function SwitchedOff() {
  const { t } = useTranslation("config");
  return (
    <Empty
      icon={<IconLock size={40} stroke={1.5} />}
      title={t("users.off")}
      text={t("users.offText")}
      action={
        <Stack gap="xs" mt="sm" ta="left">
          <Text size="sm">{t("users.offSettings")}</Text>
          <Copyable value={SETTINGS} label={t("users.copySettings")} />
          <Text size="sm">{t("users.offFirst")}</Text>
          <Copyable value={FIRST} label={t("users.copyCommand")} />
        </Stack>
      }
    />
  );
}
