using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce;
using Tokenline.Commerce.Outbox;

namespace Tokenline.Storage.Management;

internal sealed class OutboxStore(IDbContextFactory<ManagementDb> factory) : IOutbox
{
    public static OutboxRow RowOf(AccountId account, AccountCommand command, DateTimeOffset now) =>
        new()
        {
            AccountId = account,
            Command = JsonSerializer.Serialize(command, CommerceJson.Options),
            CreatedAt = now,
        };

    public async Task<IReadOnlyList<OutboxCommand>> PendingAsync(int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Outbox.AsNoTracking()
            .Where(row => row.DoneAt == null)
            .OrderBy(row => row.Number)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(row => new OutboxCommand(row.Number, row.AccountId, Read(row), row.CreatedAt))];
    }

    public async Task DoneAsync(long number, DateTimeOffset at, string? refusal, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await db
            .Outbox.Where(row => row.Number == number)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.DoneAt, at).SetProperty(row => row.Refusal, refusal), cancellation);
    }

    private static AccountCommand Read(OutboxRow row) =>
        JsonSerializer.Deserialize<AccountCommand>(row.Command, CommerceJson.Options)
        ?? throw new JsonException($"outbox row {row.Number} is empty");
}
