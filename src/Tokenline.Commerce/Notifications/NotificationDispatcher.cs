using System.Collections.Concurrent;
using Tokenline.Charging;
using Tokenline.Charging.Journal;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Notifications;

/// <summary>
/// Carries events from the journal to customers: at least once, in order on each lane, lanes beside each other. See README.md.
/// The host calls <see cref="RoundAsync"/> again and again; one round at a time.
/// </summary>
public sealed class NotificationDispatcher(
    IChargeHistory history,
    INotificationStore store,
    ICustomerStore customers,
    IEnumerable<INotificationChannel> channels,
    TimeProvider time
)
{
    private const int EventsMax = 500;
    private const int DueMax = 500;
    private const int TriesAtOnce = 16; // on one channel
    private const int FailureLengthMax = 300;

    /// <summary>What a try may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How long a lane rests when not even the failure could be written down: what was sent must not be sent again at once.</summary>
    private static readonly TimeSpan rest = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan[] backoff =
    [
        TimeSpan.FromSeconds(5),
        TimeSpan.FromSeconds(30),
        TimeSpan.FromMinutes(2),
        TimeSpan.FromMinutes(10),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2),
        TimeSpan.FromHours(6),
        TimeSpan.FromHours(12),
    ];

    private readonly Dictionary<string, INotificationChannel> channels = channels.ToDictionary(channel => channel.Name);
    private readonly ConcurrentDictionary<string, (string Channel, Task Task)> running = new(); // by lane
    private readonly ConcurrentDictionary<string, DateTimeOffset> resting = new(); // by lane
    private long? cursor; // as stored

    /// <summary>Hears when a try is over, so that the next round can begin. Set by the host.</summary>
    public Action? Ended { get; set; }

    /// <summary>Hears of deliveries that were parked (without an exception), or could not be written down. Set by the host, to log it.</summary>
    public Action<Delivery, Exception?>? Trouble { get; set; }

    /// <summary>Another node may have gone on meanwhile: the next round begins where the store says.</summary>
    public void Forget() => cursor = null;

    /// <summary>Takes what is new and starts what is due. Returns how much that was; 0: nothing to do for now.</summary>
    public async Task<int> RoundAsync(CancellationToken cancellation) => await TakeAsync(cancellation) + await StartAsync(cancellation);

    /// <summary>Waits for the tries that run.</summary>
    public Task DrainAsync() => Task.WhenAll(running.Values.Select(run => run.Task));

    private async Task<int> TakeAsync(CancellationToken cancellation)
    {
        var after = cursor ??= await store.CursorAsync(cancellation);
        var events = await history.EventsAsync(after, EventsMax);
        if (events.Count == 0)
            return 0;
        var deliveries = new List<Delivery>();
        foreach (var stored in events)
        {
            // Who has an account and is no customer (any more) has nobody to tell.
            if (await customers.FindByAccountAsync(stored.Account, cancellation) is { } customer)
                await AddAsync(deliveries, stored, customer, cancellation);
        }
        await store.TakeAsync(deliveries, events[^1].Position, cancellation);
        cursor = events[^1].Position;
        return events.Count;
    }

    /// <summary>A delivery for each lane that wants the event.</summary>
    private async Task AddAsync(List<Delivery> deliveries, StoredEvent stored, Customer customer, CancellationToken cancellation)
    {
        var settings = await store.SettingsAsync(customer.Id, cancellation) ?? NotificationSettings.Default;
        var isForPeople = NotificationSettings.IsForPeople(stored.Event.Type);
        Add(Channels.Log, null);
        if (settings.Sms && isForPeople)
            Add(Channels.Sms, null);
        if (settings.Mail is not null && isForPeople)
            Add(Channels.Mail, null);
        foreach (var webhook in await store.WebhooksAsync(customer.Id, cancellation))
        {
            if (webhook.Wants(stored.Event.Type) && webhook.CreatedAt <= stored.At)
                Add(Channels.Webhook, webhook.Id);
        }

        void Add(string channel, WebhookId? webhook)
        {
            var now = time.GetUtcNow();
            var lane = webhook?.ToString() ?? $"{channel} {stored.Account}";
            deliveries.Add(new(0, stored.Position, lane, channel, webhook, customer.Id, stored.Account, stored.Event.Type, now, now));
        }
    }

    private async Task<int> StartAsync(CancellationToken cancellation)
    {
        var started = 0;
        foreach (var delivery in await store.DueAsync(time.GetUtcNow(), DueMax, cancellation))
        {
            if (running.ContainsKey(delivery.Lane) || IsResting(delivery.Lane))
                continue;
            if (running.Values.Count(run => run.Channel == delivery.Channel) >= TriesAtOnce)
                continue;
            started++;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            running[delivery.Lane] = (delivery.Channel, done.Task);
            _ = Task.Run(() => TryAsync(delivery, done), CancellationToken.None);
        }
        return started;
    }

    private bool IsResting(string lane)
    {
        if (!resting.TryGetValue(lane, out var until))
            return false;
        if (until > time.GetUtcNow())
            return true;
        resting.TryRemove(lane, out _);
        return false;
    }

    private async Task TryAsync(Delivery delivery, TaskCompletionSource done)
    {
        try
        {
            var next = Next(delivery, await OutcomeAsync(delivery));
            await store.PutAsync(next, CancellationToken.None);
            if (next.State == DeliveryState.Parked)
                Trouble?.Invoke(next, null);
        }
        catch (Exception e)
        {
            resting[delivery.Lane] = time.GetUtcNow() + rest;
            Trouble?.Invoke(delivery, e);
        }
        finally
        {
            running.TryRemove(delivery.Lane, out _);
            done.SetResult();
            Ended?.Invoke();
        }
    }

    private async Task<DeliveryOutcome> OutcomeAsync(Delivery delivery)
    {
        var found = await history.EventsAsync(delivery.Position - 1, 1);
        if (found is not [var stored] || stored.Position != delivery.Position)
            return DeliveryOutcome.Refused("the journal has no such event");
        if (await customers.FindAsync(delivery.Customer, CancellationToken.None) is not { } customer)
            return DeliveryOutcome.Refused("the customer is gone");
        if (!channels.TryGetValue(delivery.Channel, out var channel))
            return DeliveryOutcome.Refused($"there is no channel {delivery.Channel}");
        var settings = await store.SettingsAsync(customer.Id, CancellationToken.None) ?? NotificationSettings.Default;
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            return await channel.DeliverAsync(new Notice(stored, customer, settings), delivery, patience.Token);
        }
        catch (OperationCanceledException)
        {
            return DeliveryOutcome.Failed("no answer in time");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            return DeliveryOutcome.Failed(e.Message);
        }
    }

    private Delivery Next(Delivery delivery, DeliveryOutcome outcome)
    {
        var now = time.GetUtcNow();
        var tried = delivery with { Attempts = delivery.Attempts + 1 };
        if (outcome.Failure is not { } failure)
            return tried with { State = DeliveryState.Delivered, EndedAt = now, LastFailure = null };
        tried = tried with { LastFailure = failure.Length > FailureLengthMax ? failure[..FailureLengthMax] : failure };
        return outcome.IsFinal || delivery.Attempts >= backoff.Length
            ? tried with
            {
                State = DeliveryState.Parked,
                EndedAt = now,
            }
            : tried with
            {
                NextAt = now + backoff[delivery.Attempts],
            };
    }
}
