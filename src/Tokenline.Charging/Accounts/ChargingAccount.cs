using System.Runtime.InteropServices;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Accounts;

/// <summary>
/// The charging engine for one account: (state, command, now) → outcome and entries. No clock, IO, log or await; one caller at a time.
/// Every command decides first and then writes entries; only <see cref="Apply"/> changes state, so replaying the entries gives the same state.
/// </summary>
public sealed partial class ChargingAccount
{
    /// <summary>Calls that may run at once on one account.</summary>
    public const int OpenMax = 20_000;

    private readonly ITariffs tariffs;
    private readonly Dictionary<BucketId, Bucket> buckets = [];
    private readonly List<Bucket> order = []; // in the order of paying
    private readonly Dictionary<ChargeId, OpenCharge> open = [];
    private readonly EndedCharges ended = new();
    private readonly SeenKeys keys = new();
    private readonly SeenCommands commands = new();
    private readonly List<JournalEntry> emitted = [];
    private PayAsYouGo? payAsYouGo;
    private bool suspended;
    private int uncollectedCount; // settles that the buckets could not pay whole, since the last change of standing
    private DateTimeOffset nextExpiry = DateTimeOffset.MaxValue;

    public ChargingAccount(AccountId id, ITariffs tariffs)
    {
        Id = id;
        this.tariffs = tariffs;
    }

    public AccountId Id { get; }

    /// <summary>Entries so far.</summary>
    public long Sequence { get; private set; }

    public int OpenCount => open.Count;

    /// <summary>Roughly how much an image holds; saving one is worth its cost after about as many entries.</summary>
    public int ImageSize => buckets.Count + open.Count + keys.Count;

    /// <summary>The entries of the commands since the last <see cref="ClearEmitted"/>; the newest has the number <see cref="Sequence"/>.</summary>
    public ReadOnlySpan<JournalEntry> Emitted => CollectionsMarshal.AsSpan(emitted);

    public void ClearEmitted() => emitted.Clear();

    public static ChargingAccount Restore(AccountId id, ITariffs tariffs, AccountImage? image, IEnumerable<StoredEntry> tail)
    {
        var account = new ChargingAccount(id, tariffs);
        if (image is not null)
            account.Load(image);
        foreach (var stored in tail)
            account.Replay(stored);
        return account;
    }

    /// <summary>Takes over an entry that was journalled before.</summary>
    public void Replay(StoredEntry stored)
    {
        if (stored.Sequence != Sequence + 1)
            throw new InvalidOperationException($"journal of {Id}: entry {stored.Sequence} follows {Sequence}");
        Apply(stored.Entry);
    }

    public AccountView View() =>
        new(
            Id,
            Sequence,
            suspended,
            payAsYouGo,
            [.. order.Select(bucket => bucket.View())],
            [
                .. open.Values.Select(charge => new OpenChargeView(
                    charge.Id,
                    charge.Dispatch.Model,
                    charge.Dispatch.At,
                    charge.Dispatch.Stream,
                    charge.Dispatch.Node
                )),
            ]
        );

    public AccountImage Image() =>
        new(
            Sequence,
            suspended,
            uncollectedCount,
            payAsYouGo,
            [.. order.Select(bucket => bucket.View())],
            [.. open.Values.Select(charge => new OpenChargeImage(charge.Dispatch, charge.Last))],
            keys.Image(),
            commands.Image()
        );

    private void Load(AccountImage image)
    {
        Sequence = image.Sequence;
        suspended = image.Suspended;
        uncollectedCount = image.UncollectedCount;
        payAsYouGo = image.PayAsYouGo;
        foreach (var view in image.Buckets)
            Add(new Bucket(view));
        foreach (var charge in image.Open)
        {
            var opened = Opened(charge.Dispatch);
            if (charge.Last is not null)
                opened.Extend(charge.Last);
        }
        foreach (var key in image.IdempotencyKeys)
            keys.Add(key, DateTimeOffset.MinValue);
        foreach (var command in image.Commands)
            commands.Add(command.Command, command.Content);
    }

    private void Emit(JournalEntry entry)
    {
        Apply(entry);
        emitted.Add(entry);
    }

    /// <summary>The only place where state changes.</summary>
    private void Apply(JournalEntry entry)
    {
        switch (entry)
        {
            case Dispatched dispatched:
                Opened(dispatched);
                Reserve(dispatched.Held);
                if (dispatched.IdempotencyKey is { } key)
                    keys.Add(new SeenKey(key, dispatched.Charge, dispatched.At + SeenKeys.Lifetime), dispatched.At);
                break;
            case Extended extended:
                var running = open[extended.Charge];
                foreach (var part in extended.Held)
                    buckets[part.Bucket].Rehold(running.HeldIn(part.Bucket), part.Amount, extended.At);
                running.Extend(extended);
                break;
            case Settled settled:
                foreach (var part in settled.Parts)
                    buckets[part.Bucket].Settle(part.Held, part.Used, settled.At);
                open.Remove(settled.Charge);
                if (settled.UncollectedNano > 0)
                    uncollectedCount++;
                break;
            case Released released:
                var gone = open[released.Charge];
                foreach (var part in gone.Held)
                    buckets[part.Bucket].Settle(part.Amount, 0, released.At);
                if (gone.Dispatch.IdempotencyKey is { } freed)
                    keys.Free(freed, released.Charge);
                open.Remove(released.Charge);
                break;
            case BucketGranted granted:
                Add(new Bucket(granted.Grant));
                break;
            case BucketExpired expired:
                buckets[expired.Bucket].Expire(expired.Amount);
                break;
            case BucketVoided voided:
                buckets[voided.Bucket].Void(voided.Amount);
                if (voided.Command is { } voiding)
                    commands.Add(voiding, ContentOf(new VoidBucket(voiding, voided.Bucket, voided.Reason)));
                break;
            case PayAsYouGoSet set:
                payAsYouGo = set.Terms;
                commands.Add(set.Command, ContentOf(new SetPayAsYouGo(set.Command, set.Terms)));
                break;
            case StandingSet standing:
                suspended = standing.Suspended;
                uncollectedCount = 0;
                commands.Add(standing.Command, ContentOf(new SetStanding(standing.Command, standing.Suspended, standing.Reason)));
                break;
            default:
                throw new InvalidOperationException($"entry {entry.Kind()} is unknown to the engine");
        }
        Sequence++;
    }

    private OpenCharge Opened(Dispatched dispatched)
    {
        var charge = new OpenCharge(dispatched, tariffs.Current.Get(dispatched.Model, dispatched.TariffVersion));
        open.Add(dispatched.Charge, charge);
        return charge;
    }

    private void Reserve(HeldPart[] held)
    {
        foreach (var part in held)
            buckets[part.Bucket].Reserve(part.Amount);
    }

    private void Add(Bucket bucket)
    {
        buckets.Add(bucket.Id, bucket);
        var index = order.BinarySearch(bucket, Bucket.PayingOrder);
        order.Insert(~index, bucket);
        if (bucket.Remaining > 0 && bucket.Grant.ExpiresAt is { } end && end < nextExpiry)
            nextExpiry = end;
    }

    /// <summary>Writes off what is left in buckets that have ended. Costs one comparison when there is nothing to do.</summary>
    private void ExpireEnded(DateTimeOffset now)
    {
        if (now < nextExpiry)
            return;
        nextExpiry = DateTimeOffset.MaxValue;
        foreach (var bucket in order)
        {
            if (bucket.HasEnded(now))
            {
                if (bucket.Remaining > 0)
                    Emit(new BucketExpired(now, bucket.Id, bucket.Remaining));
            }
            else if (bucket.Grant.ExpiresAt is { } end && end < nextExpiry)
            {
                nextExpiry = end;
            }
        }
    }

    /// <summary>A hash of a command's content that is the same in every process (FNV-1a over its text).</summary>
    private static long ContentOf(AccountCommand command)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in command.ToString())
            hash = (hash ^ c) * 1099511628211UL;
        return (long)hash;
    }
}
