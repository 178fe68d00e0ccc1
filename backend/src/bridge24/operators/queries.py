"""SQL over operators and their sessions."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.auth import Role
from bridge24.core.clock import utc_naive
from bridge24.operators.models import Operator, OperatorSession


async def named(session: AsyncSession, name: str) -> Operator | None:
    """Find an operator by name, letter by letter."""
    found: Operator | None = await session.scalar(select(Operator).where(Operator.name == name))
    return found


async def everyone(session: AsyncSession) -> Sequence[Operator]:
    """List all operators."""
    return (await session.scalars(select(Operator).order_by(Operator.name))).all()


async def other_admins(session: AsyncSession, operator_id: int) -> int:
    """Count the active administrators beside one."""
    counted = select(func.count()).where(
        Operator.role == Role.ADMIN, Operator.active, Operator.id != operator_id
    )
    return await session.scalar(counted) or 0


async def signed_in(session: AsyncSession, *, session_id: int, operator_id: int) -> Operator | None:
    """Find the operator of a session that has not ended."""
    found: Operator | None = await session.scalar(
        select(Operator)
        .join(OperatorSession, OperatorSession.operator_id == Operator.id)
        .where(
            OperatorSession.id == session_id,
            OperatorSession.ended_at.is_(None),
            OperatorSession.expires_at > utc_naive(),
            Operator.id == operator_id,
            Operator.active,
        )
    )
    return found


async def end_sessions(session: AsyncSession, *, operator_id: int) -> None:
    """Sign an operator out everywhere."""
    await session.execute(
        update(OperatorSession)
        .where(OperatorSession.operator_id == operator_id, OperatorSession.ended_at.is_(None))
        .values(ended_at=utc_naive())
    )
