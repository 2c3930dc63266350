using System.Runtime.InteropServices;
using System.Text.Json;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Leases;
using Tokenline.Charging.Limits;
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
    private readonly Dictionary<AllotmentId, AllotmentNode> nodes = [];
    private readonly Dictionary<RefillId, RefillState> refills = [];
    private readonly Dictionary<string, PeriodCounter> volumes = [];
    private readonly Dictionary<ChargeId, int> refunded = []; // millionths, of charges that were
    private readonly Dictionary<ChargeId, OpenCharge> open = [];
    private readonly EndedCharges ended = new();
    private readonly SeenKeys keys = new();
    private readonly Dictionary<AccountId, GivenLease> given = []; // by lessee
    private readonly SeenCommands commands = new();
    private readonly UsualDays days = new();
    private readonly List<JournalEntry> emitted = [];
    private readonly AllotmentNode root;
    private TakenLease? taken; // the lease that this account lives on
    private AlertTerms alerts = AlertTerms.Default;
    private PayAsYouGo? payAsYouGo;
    private AutoPack? autoPack;
    private LimitCounter? autoPacks; // bought this month
    private bool suspended;
    private int uncollectedCount; // settles that the buckets could not pay whole, since the last change of standing
    private DateTimeOffset nextDue = DateTimeOffset.MaxValue; // when time alone next changes something

    public ChargingAccount(AccountId id, ITariffs tariffs)
    {
        Id = id;
        this.tariffs = tariffs;
        root = new AllotmentNode(new Allotment(Allotment.Root, Allotment.Root, "account", AllotmentType.Account), null);
        nodes.Add(Allotment.Root, root);
    }

    public AccountId Id { get; }

    /// <summary>Entries so far.</summary>
    public long Sequence { get; private set; }

    public int OpenCount => open.Count;

    public bool IsOpen(ChargeId charge) => open.ContainsKey(charge);

    /// <summary>Roughly how much an image holds; saving one is worth its cost after about as many entries.</summary>
    public int ImageSize => buckets.Count + open.Count + keys.Count + nodes.Count + refunded.Count;

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

    private void Emit(JournalEntry entry)
    {
        Apply(entry);
        emitted.Add(entry);
    }

    /// <summary>The only place where state changes.</summary>
    private void Apply(JournalEntry entry)
    {
        Sequence++;
        switch (entry)
        {
            case Dispatched dispatched:
                var opened = Opened(Sequence, dispatched);
                foreach (var part in dispatched.Held)
                    buckets[part.Bucket].Reserve(part.Amount);
                BeginCounting(opened);
                if (dispatched.IdempotencyKey is { } key)
                    keys.Add(new SeenKey(key, dispatched.Charge, dispatched.At + SeenKeys.Lifetime), dispatched.At);
                break;
            case Extended extended:
                var running = open[extended.Charge];
                foreach (var part in extended.Held)
                    buckets[part.Bucket].Rehold(running.HeldIn(part.Bucket), part.Amount, extended.At);
                DueToReturn(running.Held, extended.At);
                CountExtension(running, extended);
                running.Extend(extended);
                break;
            case Settled settled:
                var done = open[settled.Charge];
                foreach (var part in settled.Parts)
                    buckets[part.Bucket].Settle(part.Held, part.Used, settled.At);
                DueToReturn(done.Held, settled.At);
                CountSettle(done, settled);
                days.Add(done.Dispatch.At, settled.RetailNano);
                open.Remove(settled.Charge);
                if (settled.UncollectedNano > 0)
                    uncollectedCount++;
                break;
            case Released released:
                var gone = open[released.Charge];
                foreach (var part in gone.Held)
                    buckets[part.Bucket].Settle(part.Amount, 0, released.At);
                DueToReturn(gone.Held, released.At);
                CountRelease(gone);
                if (gone.Dispatch.IdempotencyKey is { } freed)
                    keys.Free(freed, released.Charge);
                open.Remove(released.Charge);
                break;
            case Refunded refund:
                ApplyRefund(refund);
                commands.Add(refund.Command, refund.Content);
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
            case Transferred transferred:
                buckets[transferred.From].TransferOut(transferred.Amount);
                buckets[transferred.To].TransferIn(transferred.Amount);
                commands.Add(transferred.Command, transferred.Content);
                break;
            case RefillPut put:
                ApplyRefill(put);
                commands.Add(put.Command, put.Content);
                break;
            case Refilled refilled:
                ApplyRefilled(refilled);
                break;
            case AllotmentPut put:
                ApplyAllotment(put.Terms);
                commands.Add(put.Command, put.Content);
                break;
            case SeatPassed passed:
                ApplySeat(passed);
                commands.Add(passed.Command, passed.Content);
                break;
            case PayAsYouGoSet set:
                payAsYouGo = set.Terms;
                commands.Add(set.Command, ContentOf(new SetPayAsYouGo(set.Command, set.Terms)));
                break;
            case AutoPackSet set:
                autoPack = set.Terms;
                if (set.Terms is not null)
                    autoPacks ??= NewAutoPacks(set.Terms.TimeZone);
                commands.Add(set.Command, set.Content);
                break;
            case AutoPackClaimed claimed:
                autoPacks!.Begin(claimed.At, 0, null);
                autoPacks.Correct(claimed.At, 0, 1, null);
                commands.Add(claimed.Command, claimed.Content);
                break;
            case AlertsSet set:
                alerts = set.Terms;
                nextDue = DateTimeOffset.MinValue;
                commands.Add(set.Command, set.Content);
                break;
            case Raised raised:
                ApplyRaised(raised);
                if (raised.Command is { } announcing)
                    commands.Add(announcing, raised.Content!.Value);
                break;
            case StandingSet standing:
                suspended = standing.Suspended;
                uncollectedCount = 0;
                commands.Add(standing.Command, ContentOf(new SetStanding(standing.Command, standing.Suspended, standing.Reason)));
                break;
            case SubtreeLeased or Lent or LeaseAccounted or LeaseRecalled or SubtreeReturned:
                ApplyLending(entry);
                break;
            case SubtreeAdopted or LeaseGranted or LeaseReturned or LeaseEnded or LessorStanding:
                ApplyLeasing(entry);
                break;
            default:
                throw new InvalidOperationException($"entry {entry.Kind()} is unknown to the engine");
        }
    }

    private OpenCharge Opened(long sequence, Dispatched dispatched)
    {
        var node = dispatched.Allotment is { } allotment ? nodes[allotment] : root;
        var charge = new OpenCharge(sequence, dispatched, tariffs.Current.Get(dispatched.Model, dispatched.TariffVersion), node);
        open.Add(dispatched.Charge, charge);
        return charge;
    }

    private void Add(Bucket bucket)
    {
        buckets.Add(bucket.Id, bucket);
        var index = order.BinarySearch(bucket, Bucket.PayingOrder);
        order.Insert(~index, bucket);
        if (bucket.Grant.Type == BucketType.Capacity)
            capacities.Add(bucket);
        if (DueAt(bucket, DateTimeOffset.MinValue) is { } due && due < nextDue)
            nextDue = due;
    }

    /// <summary>An id that needs no source of ids: of the entry that is about to be written. Bucket ids are unique within their account.</summary>
    private BucketId NextBucket(int among = 0) => new((1L << 62) | ((Sequence + 1) << 8) | (uint)among);

    /// <summary>A hash of a command's content that is the same in every process (FNV-1a over its JSON).</summary>
    private static long ContentOf(AccountCommand command)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in JsonSerializer.SerializeToUtf8Bytes(command, ChargingJson.Default.AccountCommand))
            hash = (hash ^ c) * 1099511628211UL;
        return (long)hash;
    }
}
