using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce;
using Tokenline.Commerce.Notifications;

namespace Tokenline.Storage.Management;

internal sealed class NotificationStore(IDbContextFactory<ManagementDb> factory, SecretSeal seal) : INotificationStore
{
    private const string CursorSetting = "events.cursor";

    public async Task<long> CursorAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Settings.AsNoTracking().FirstOrDefaultAsync(setting => setting.Name == CursorSetting, cancellation);
        return row is null ? 0 : long.Parse(row.Value, CultureInfo.InvariantCulture);
    }

    public async Task TakeAsync(IReadOnlyCollection<Delivery> deliveries, long cursor, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var positions = deliveries.Select(delivery => delivery.Position).Distinct().ToList();
        var there = await db
            .Deliveries.Where(row => positions.Contains(row.Position))
            .Select(row => new { row.Position, row.Lane })
            .ToListAsync(cancellation);
        var known = there.Select(row => (row.Position, row.Lane)).ToHashSet();
        foreach (var delivery in deliveries.Where(delivery => known.Add((delivery.Position, delivery.Lane))))
            db.Deliveries.Add(RowOf(delivery));
        var mark = await db.Settings.FirstOrDefaultAsync(setting => setting.Name == CursorSetting, cancellation);
        if (mark is null)
            db.Settings.Add(mark = new SettingRow { Name = CursorSetting, Value = "" });
        mark.Value = cursor.ToString(CultureInfo.InvariantCulture);
        await db.SaveChangesAsync(cancellation);
    }

    public async Task<IReadOnlyList<Delivery>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var pending = db.Deliveries.Where(row => row.State == DeliveryState.Pending);
        var rows = await db
            .Deliveries.AsNoTracking()
            .Where(row => row.State == DeliveryState.Pending && row.NextAt <= now)
            .Where(row => !pending.Any(earlier => earlier.Lane == row.Lane && earlier.Position < row.Position))
            .OrderBy(row => row.NextAt)
            .ThenBy(row => row.Position)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task PutAsync(Delivery delivery, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await db
            .Deliveries.Where(row => row.Number == delivery.Number)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(row => row.State, delivery.State)
                        .SetProperty(row => row.Attempts, delivery.Attempts)
                        .SetProperty(row => row.NextAt, delivery.NextAt)
                        .SetProperty(row => row.EndedAt, delivery.EndedAt)
                        .SetProperty(row => row.LastFailure, delivery.LastFailure),
                cancellation
            );
    }

    public async Task<IReadOnlyList<Delivery>> DeliveriesAsync(PartyId customer, long? before, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var newest = before ?? long.MaxValue;
        var rows = await db
            .Deliveries.AsNoTracking()
            .Where(row => row.PartyId == customer && row.Number < newest)
            .OrderByDescending(row => row.Number)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<NotificationSettings?> SettingsAsync(PartyId customer, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.NotificationSettings.AsNoTracking().FirstOrDefaultAsync(row => row.PartyId == customer, cancellation);
        return row is null ? null : new(row.Sms, row.Mail, row.Language);
    }

    public Task PutSettingsAsync(PartyId customer, NotificationSettings settings, CancellationToken cancellation) =>
        UniqueViolations.PutAsync(() => PutSettingsOnceAsync(customer, settings, cancellation));

    private async Task PutSettingsOnceAsync(PartyId customer, NotificationSettings settings, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.NotificationSettings.FirstOrDefaultAsync(row => row.PartyId == customer, cancellation);
        if (row is null)
            db.NotificationSettings.Add(row = new NotificationSettingsRow { PartyId = customer });
        (row.Sms, row.Mail, row.Language) = (settings.Sms, settings.Mail, settings.Language);
        await db.SaveChangesAsync(cancellation);
    }

    public async Task AddWebhookAsync(Webhook webhook, string secret, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        db.Webhooks.Add(
            new WebhookRow
            {
                Id = webhook.Id,
                PartyId = webhook.Customer,
                Url = webhook.Url.AbsoluteUri,
                Types = webhook.Types is null ? null : JsonSerializer.Serialize(webhook.Types, CommerceJson.Options),
                CreatedAt = webhook.CreatedAt,
                SealedSecret = seal.Seal(secret, OwnerOf(webhook.Id)),
            }
        );
        await db.SaveChangesAsync(cancellation);
    }

    public async Task<IReadOnlyList<Webhook>> WebhooksAsync(PartyId customer, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Webhooks.AsNoTracking()
            .Where(row => row.PartyId == customer)
            .OrderByDescending(row => row.Id)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<(Webhook Webhook, string Secret)?> FindWebhookAsync(WebhookId id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Webhooks.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellation);
        return row is null ? null : (Read(row), seal.Unseal(row.SealedSecret, OwnerOf(id)));
    }

    public async Task<bool> RemoveWebhookAsync(PartyId customer, WebhookId id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Webhooks.Where(row => row.Id == id && row.PartyId == customer).ExecuteDeleteAsync(cancellation) == 1;
    }

    internal static string OwnerOf(WebhookId id) => $"webhook {id}";

    private static Webhook Read(WebhookRow row) =>
        new(
            row.Id,
            row.PartyId,
            new Uri(row.Url),
            row.Types is null ? null : JsonSerializer.Deserialize<AccountEventType[]>(row.Types, CommerceJson.Options),
            row.CreatedAt
        );

    private static DeliveryRow RowOf(Delivery delivery) =>
        new()
        {
            Position = delivery.Position,
            Lane = delivery.Lane,
            Channel = delivery.Channel,
            WebhookId = delivery.Webhook,
            PartyId = delivery.Customer,
            AccountId = delivery.Account,
            Type = delivery.Type,
            CreatedAt = delivery.CreatedAt,
            NextAt = delivery.NextAt,
            State = delivery.State,
            Attempts = delivery.Attempts,
            EndedAt = delivery.EndedAt,
            LastFailure = delivery.LastFailure,
        };

    internal static Delivery Read(DeliveryRow row) =>
        new(row.Number, row.Position, row.Lane, row.Channel, row.WebhookId, row.PartyId, row.AccountId, row.Type, row.CreatedAt, row.NextAt)
        {
            State = row.State,
            Attempts = row.Attempts,
            EndedAt = row.EndedAt,
            LastFailure = row.LastFailure,
        };
}
