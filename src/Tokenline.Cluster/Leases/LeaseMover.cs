using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Leases;

namespace Tokenline.Cluster.Leases;

/// <summary>
/// One lease, brought as far as it can be now: what each account durably knows is compared, and the other is told what it does not know. Every step is a command
/// that changes nothing when it comes late or again, so nothing is remembered here, and whoever comes next goes on.
/// </summary>
internal sealed class LeaseMover(IChargingAccounts accounts)
{
    /// <summary>A step may find that another mover was faster, and looks again; more often than this it leaves the rest to it.</summary>
    private const int LooksMax = 4;

    /// <summary>Null: the lessee lacks nothing that it is entitled to. Otherwise why it was lent nothing.</summary>
    /// <param name="isForCall">A call waits for more.</param>
    public async Task<Refusal?> MoveAsync(AccountId lessor, AccountId lessee, bool isForCall)
    {
        for (var looks = 0; looks < LooksMax; looks++)
        {
            var book = await accounts.LeasesAsync(lessor);
            if (book.Find(lessee) is not { } lease)
                return new(Problems.NotFound, $"{lessee} has no lease of {lessor}");
            var theirs = await accounts.LeasesAsync(lessee);
            if (theirs.Taken is not { } taken)
            {
                if (lease.Tree is null)
                    return null; // calls of the subtree run in the lessor still
                await DoAsync(lessee, new AdoptSubtree(lessor, lease.Terms, lease.Tree));
                continue;
            }
            if (book.Suspended != taken.IsLessorSuspended)
                await DoAsync(lessee, new FollowStanding(lessor, book.Suspended));
            if (lease.Number > taken.Number)
            {
                await DoAsync(lessee, Supply(lessor, lease, taken));
                if (isForCall)
                    return null; // it had been on its way
                continue;
            }
            if (lease.IsEnding && !taken.IsEnding)
            {
                await DoAsync(lessee, new EndLease(lessor));
                continue;
            }
            if (IsNews(lease, taken))
                await DoAsync(lessor, new AccountForLease(lessee, theirs.Sequence, [.. taken.Parts.Select(Spent)]));
            if (lease.HasEnded)
                return null;
            if (lease.IsEnding)
            {
                if (taken.Tree is not null)
                    await accounts.ExecuteAsync(lessor, new TakeBackSubtree(lessee, theirs.Sequence, taken.Tree));
                return null;
            }
            if (!isForCall && !taken.IsLow)
                return null;
            var refusal = await accounts.ExecuteAsync(
                lessor,
                new LendQuota(lessee, taken.Number, [.. taken.Parts.Select(Left)], taken.IsUsed, isForCall)
            );
            if (refusal is not null)
                return refusal;
            if ((await accounts.LeasesAsync(lessor)).Find(lessee) is not { } now || now.Number == taken.Number)
                return null; // not used, so not lent
            await DoAsync(lessee, Supply(lessor, now, taken));
            return null;
        }
        return null;
    }

    /// <summary>Every part of which the lessee has not got all; an older supply that it missed is in the sums.</summary>
    private static GrantLease Supply(AccountId lessor, LeaseView lease, LesseeView taken)
    {
        var got = taken.Parts.ToDictionary(part => part.Mirror, part => part.Lent);
        return new(
            lessor,
            lease.Number,
            lease.Until!.Value,
            [
                .. lease
                    .Parts.Where(part => part.Lent > got.GetValueOrDefault(part.Mirror.Bucket))
                    .Select(part => new LentPart(part.Mirror, part.Lent)),
            ]
        );
    }

    private static bool IsNews(LeaseView lease, LesseeView taken)
    {
        var known = lease.Parts.ToDictionary(part => part.Mirror.Bucket);
        return taken.Parts.Any(part =>
            !known.TryGetValue(part.Mirror, out var lent)
            || (part.Consumed, part.Returned, part.Refunded) != (lent.Consumed, lent.Returned, lent.Refunded)
        );
    }

    private static SpentPart Spent(TakenView part) => new(part.Mirror, part.Consumed, part.Returned, part.Refunded);

    private static LeftPart Left(TakenView part) => new(part.Mirror, part.Remaining, part.Reserved);

    /// <summary>A refusal here says that the two accounts do not agree on what was: that is a bug, and nothing may be moved on it.</summary>
    private async Task DoAsync(AccountId account, AccountCommand command)
    {
        if (await accounts.ExecuteAsync(account, command) is { } refusal)
            throw new InvalidOperationException($"{account} refused {command.GetType().Name}: {refusal.Message}");
    }
}
