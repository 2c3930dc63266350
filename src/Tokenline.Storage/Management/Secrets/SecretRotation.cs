using Microsoft.EntityFrameworkCore;
using Tokenline.Billing.Vendors;
using Tokenline.Commerce;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Secrets;
using Tokenline.Storage.Postgres;

namespace Tokenline.Storage.Management.Secrets;

internal sealed class SecretRotation(
    SecretSeal seal,
    ISecretNodes nodes,
    IDbContextFactory<ManagementDb> factory,
    PayoutAccounts payouts,
    ITurns turns,
    SecretWatch? watch = null
) : ISecretRotation
{
    /// <summary>Of management data in one step: well under a second where disks are as they should be.</summary>
    public const int StepRows = 200;

    public async Task<SecretState> StateAsync(CancellationToken cancellation)
    {
        var counts = await CountAsync(cancellation);
        var (keys, sealing) = (seal.Keys, seal.Sealing);
        var here = keys.Select(key => new SealingKey(key.Id, key.MadeAt, IsHere: true, key == sealing, counts.GetValueOrDefault(key.Id)));
        var missing = counts
            .Where(count => keys.All(key => key.Id != count.Key))
            .Select(count => new SealingKey(count.Key, null, IsHere: false, Seals: false, count.Value));
        return new([.. here, .. missing], await nodes.BehindAsync(keys[^1], sealing: keys[^1] == sealing, cancellation));
    }

    public async Task<Outcome<RotationStep>> StepAsync(CancellationToken cancellation)
    {
        await using var turn = await turns.TakeAsync(Turns.Secrets, cancellation);
        try
        {
            seal.Refresh();
        }
        catch (Exception e) when (e is DatabaseException or IOException or UnauthorizedAccessException)
        {
            return new Refused(Problems.WrongState, e.Message);
        }
        await AnnounceAsync(cancellation);
        var newest = seal.Keys[^1];
        if (await nodes.SealingAsync(cancellation) != newest.Fingerprint)
        {
            var without = await nodes.BehindAsync(newest, sealing: false, cancellation);
            if (without.Count > 0)
                return new Refused(
                    Problems.WrongState,
                    $"Nothing was sealed under the key {newest.Id}, because not every node knows it: {string.Join("; ", without)}."
                );
            await nodes.SwitchAsync(newest.Fingerprint, cancellation);
        }
        seal.SealWith(newest.Fingerprint);
        await AnnounceAsync(cancellation);
        var (resealed, unreadable) = await ResealAsync(cancellation);
        var remaining = (await CountAsync(cancellation)).Where(count => count.Key != newest.Id).Sum(count => count.Value);
        return new RotationStep(newest.Id, resealed, remaining, unreadable, await nodes.BehindAsync(newest, sealing: true, cancellation));
    }

    /// <summary>What this node knows and does, before the others are asked: it may have begun a moment ago.</summary>
    private Task AnnounceAsync(CancellationToken cancellation) => watch?.RoundAsync(cancellation) ?? Task.CompletedTask;

    private async Task<(int, IReadOnlyList<string>)> ResealAsync(CancellationToken cancellation)
    {
        var (count, unreadable) = (0, new List<string>());
        await using var db = await factory.CreateDbContextAsync(cancellation);
        foreach (var column in SealedColumns.All)
        {
            if (count >= StepRows)
                return (count, unreadable);
            var done = await column.ResealAsync(db, seal, StepRows - count, cancellation);
            count += done.Count;
            unreadable.AddRange(done.Unreadable);
        }
        var (paid, closed) = await payouts.ResealAsync(cancellation);
        unreadable.AddRange(closed);
        return (count + paid, unreadable);
    }

    /// <summary>By the id of the key.</summary>
    private async Task<Dictionary<string, long>> CountAsync(CancellationToken cancellation)
    {
        var counts = new Dictionary<string, long>();
        await using var db = await factory.CreateDbContextAsync(cancellation);
        foreach (var column in SealedColumns.All)
        {
            foreach (var (prefix, count) in await column.CountAsync(db, cancellation))
                Add(seal.NameOf(prefix), count);
        }
        foreach (var key in await payouts.KeysAsync(cancellation))
            Add(key, 1);
        return counts;

        void Add(string id, long count) => counts[id] = counts.GetValueOrDefault(id) + count;
    }
}
