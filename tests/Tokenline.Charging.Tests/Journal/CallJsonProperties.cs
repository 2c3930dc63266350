using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CsCheck;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Tests.Journal;

/// <summary>What is written without the serializer is what the serializer writes: it is the oracle here.</summary>
public sealed class CallJsonProperties
{
    private const int RoomMax = 8192;

    /// <summary>A time is written with all its digits first.</summary>
    private const int TrimmedMax = 8;

    private static readonly Gen<long> numbers = Gen.OneOf(Gen.Long, Gen.Long[0, 1000], Gen.Const(long.MinValue), Gen.Const(long.MaxValue));
    private static readonly Gen<string> usualTexts = Gen.String[Gen.Char[' ', '~'], 0, 40];
    private static readonly Gen<string> chineseTexts = Gen.String[Gen.OneOf(Gen.Char['\u4e00', '\u9fa5'], Gen.Char['a', 'z']), 0, 40];
    private static readonly Gen<string> anyTexts = Gen.Frequency((6, usualTexts), (2, chineseTexts), (1, Gen.String));
    private static readonly Gen<BucketId> buckets = Gen.Long[0, long.MaxValue].Select(value => new BucketId(value));

    private static readonly Gen<DateTimeOffset> times = Gen.Select(
        Gen.Frequency((3, Gen.Long[0, DateTime.MaxValue.Ticks]), (1, Gen.Long[0, 300_000_000_000].Select(seconds => seconds * 1_000_000))),
        Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[-840, 840])),
        (ticks, minutes) =>
            new DateTimeOffset(
                Math.Clamp(ticks, TimeSpan.TicksPerDay, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay),
                TimeSpan.FromMinutes(minutes)
            )
    );

    private static readonly Gen<CallTraits?> traits = Rare(
        Gen.Select(Gen.Enum<ServiceClass>(), anyTexts, (service, region) => new CallTraits(service, region))
    );

    private static readonly Gen<Counted?> counted = Rare(
        Gen.Select(
            numbers,
            numbers,
            (tokens, value) => new Counted(tokens, tokens, value, [new QuotaCount(new QuotaUnit("fast-token"), value)])
        )
    );

    private static readonly Gen<AllotmentId?> allotments = Gen.Frequency(
        (1, Gen.Const((AllotmentId?)null)),
        (1, Gen.Long[0, long.MaxValue].Select(value => (AllotmentId?)new AllotmentId(value)))
    );

    private static readonly Gen<Usage> usages = Gen.Select(Gen.Int[0, Usage.MeterCount - 1].Array[0, 6], Gen.Long[0, long.MaxValue])
        .Select(
            (meters, count) =>
            {
                var usage = new Usage();
                foreach (var meter in meters)
                    usage[(Meter)meter] = count >> meter;
                return usage;
            }
        );

    private static readonly Gen<Dispatched> dispatches = Gen.Select(
        Gen.Select(times, numbers, numbers, numbers, Gen.Bool),
        Gen.Select(anyTexts, usualTexts, usualTexts, anyTexts.Null()),
        Gen.Select(buckets, numbers, (bucket, amount) => new HeldPart(bucket, amount)).Array[0, 4],
        Gen.Select(
            traits,
            counted,
            allotments,
            Rare(usages.Select(usage => (Usage?)usage)),
            Rare(Gen.Long[0, 99].Select(key => (UInt128?)key))
        ),
        (at, text, held, rare) =>
            new Dispatched(
                at.Item1,
                new ChargeId(at.Item2 & long.MaxValue),
                new KeyId(at.Item3 & long.MaxValue),
                text.Item1,
                (int)at.Item4,
                text.Item2,
                text.Item3,
                at.Item5,
                at.Item2,
                at.Item3,
                at.Item4,
                held,
                at.Item2,
                rare.Item5
            )
            {
                Traits = rare.Item1,
                Counted = rare.Item2,
                Allotment = rare.Item3,
                Other = rare.Item4,
                Run = text.Item4,
            }
    );

    private static readonly Gen<Settled> settles = Gen.Select(
        times,
        Gen.Select(numbers, numbers, Gen.Enum<UsageBasis>()),
        Gen.Select(buckets, numbers, numbers, (bucket, held, used) => new SettledPart(bucket, held, used)).Array[0, 4],
        counted,
        Rare(anyTexts.Select(group => new VolumeCount(group, "UTC", 1))),
        (at, of, parts, quotas, volume) =>
            new Settled(at, new ChargeId(of.Item1 & long.MaxValue), parts, of.Item1, of.Item2, of.Item3)
            {
                Counted = quotas,
                Volume = volume,
            }
    );

    private static readonly Gen<Payment> payments = Gen.Select(
        Gen.Select(buckets, anyTexts, usualTexts, Gen.Bool),
        Gen.Select(numbers, numbers),
        Rare(Gen.Const((MeterSet?)MeterSet.Of(Meter.Output))),
        (bucket, amounts, meters) =>
            new Payment(bucket.Item1, bucket.Item2, bucket.Item3, bucket.Item4, amounts.Item1, amounts.Item2, meters)
    );

    private static readonly Gen<WholesaleCost?> wholesales = Gen.Select(
        numbers,
        Rare(Gen.Enum<ServiceClass>().Select(service => (ServiceClass?)service)),
        (nano, service) => (WholesaleCost?)new WholesaleCost((int)nano, Currency.Cny, nano, service)
    );

    private static readonly Gen<VendorAttempt[]?> attempts = Rare(
        Gen.Select(times, anyTexts, (at, outcome) => new[] { new VendorAttempt("v", "d", at, outcome, null) })
    );

    private static readonly Gen<UsageRecord> records = Gen.Select(
        Gen.Select(numbers, numbers, Gen.Bool, times, times),
        Gen.Select(anyTexts, anyTexts.Null(), anyTexts.Null(), anyTexts.Null(), anyTexts.Null()),
        Gen.Select(usages, Gen.Enum<UsageBasis>(), Gen.Enum<CallEnding>(), payments.Array[0, 4], allotments),
        Gen.Select(traits, Gen.OneOf(Gen.Const((WholesaleCost?)null), wholesales), attempts),
        (of, text, what, rare) =>
            new UsageRecord
            {
                Charge = new ChargeId(of.Item1 & long.MaxValue),
                Account = new AccountId(of.Item2 & long.MaxValue),
                Key = new KeyId(of.Item1 & long.MaxValue),
                Model = text.Item1,
                AnsweredModel = text.Item2,
                Vendor = "vendor",
                Deployment = "deployment",
                TariffVersion = (int)of.Item1,
                StartedAt = of.Item4,
                EndedAt = of.Item5,
                Stream = of.Item3,
                Usage = what.Item1,
                Basis = what.Item2,
                Ending = what.Item3,
                Check = text.Item3,
                Payments = what.Item4,
                RetailNano = of.Item1,
                UncollectedNano = of.Item2,
                Currency = Currency.Cny,
                FreeNano = of.Item2,
                Traits = rare.Item1,
                VolumeBefore = of.Item1,
                Allotment = what.Item5,
                Run = text.Item4,
                Wholesale = rare.Item2,
                Attempts = rare.Item3,
                VendorUsage = text.Item5,
            }
    );

    [Fact]
    public void A_dispatch_is_the_serializers_or_nothing() =>
        dispatches.Sample(entry => IsSerializers(room => CallJson.Write(entry, room), writer => ChargingJson.WriteEntry(writer, entry)));

    [Fact]
    public void A_settle_is_the_serializers_or_nothing() =>
        settles.Sample(entry => IsSerializers(room => CallJson.Write(entry, room), writer => ChargingJson.WriteEntry(writer, entry)));

    [Fact]
    public void A_record_is_the_serializers_or_nothing() =>
        records.Sample(record =>
            IsSerializers(
                room => CallJson.Write(record, room),
                writer => JsonSerializer.Serialize(writer, record, ChargingJson.Default.UsageRecord)
            )
        );

    [Fact]
    public void What_a_usual_call_leaves_is_written_by_it()
    {
        var wholesale = new WholesaleCost(1, Currency.Cny, 5);
        dispatches.Sample(entry =>
            !IsUsual(entry.Model, entry.Run)
            || entry is not { Other: null, Traits: null, Counted: null, IdempotencyKey: null }
            || CallJson.Write(entry, new byte[RoomMax]) > 0
        );
        records.Sample(record =>
            !IsUsual(record.Model, record.AnsweredModel, record.Check, record.Run, record.VendorUsage)
            || record.Payments.Any(payment => payment.Meters is not null || !IsUsual(payment.Name))
            || CallJson.Write(record with { Traits = null, Attempts = null, Wholesale = wholesale }, new byte[RoomMax]) > 0
        );
    }

    [Fact]
    public void Where_there_is_not_room_for_all_of_it_there_is_nothing()
    {
        var entry = dispatches.Where(entry => CallJson.Write(entry, new byte[RoomMax]) > 0).Single();
        var length = CallJson.Write(entry, new byte[RoomMax]);
        for (var room = 0; room < length; room++)
            Assert.Equal(0, CallJson.Write(entry, new byte[room]));
        Assert.Equal(length, CallJson.Write(entry, new byte[length + TrimmedMax]));
    }

    /// <summary>Who gives one of them a new member finds here that it is also written elsewhere, and then names it here.</summary>
    [Fact]
    public void It_knows_every_member_that_there_is()
    {
        Assert.Equal(
            "charge key model tariffVersion vendor deployment stream inputBound inputEstimate outputHeld held node idempotencyKey other traits allotment run counted at",
            Members(ChargingJson.Default.Dispatched)
        );
        Assert.Equal("charge parts retailNano uncollectedNano basis counted volume at", Members(ChargingJson.Default.Settled));
        Assert.Equal(
            "charge account key model answeredModel vendor deployment tariffVersion startedAt endedAt stream usage basis ending check payments "
                + "retailNano uncollectedNano currency freeNano traits volumeBefore allotment run wholesale attempts vendorUsage",
            Members(ChargingJson.Default.UsageRecord)
        );
        Assert.Equal("bucket name unit isMoney amount worthNano meters", Members(ChargingJson.Default.Payment));
        Assert.Equal("contractVersion currency nano service", Members(ChargingJson.Default.WholesaleCost));
        Assert.Equal("bucket amount", Members(ChargingJson.Default.HeldPart));
        Assert.Equal("bucket held used", Members(ChargingJson.Default.SettledPart));
    }

    private static Gen<T?> Rare<T>(Gen<T> gen) => Gen.Frequency((7, Gen.Const(default(T))), (1, gen.Select(value => (T?)value)));

    private static bool IsUsual(params string?[] texts) =>
        texts.All(text =>
            text is null
            || text.All(c => c is >= ' ' and <= '~')
            || text.All(c => char.IsAsciiLetter(c) || c is >= '\u4e00' and <= '\u9fa5')
        );

    private static string Members(JsonTypeInfo type) => string.Join(' ', type.Properties.Select(member => member.Name));

    private static bool IsSerializers(Func<byte[], int> write, Action<Utf8JsonWriter> serialize)
    {
        var room = new byte[RoomMax];
        var length = write(room);
        var whole = new ArrayBufferWriter<byte>();
        using (
            var writer = new Utf8JsonWriter(
                whole,
                new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            )
        )
            serialize(writer);
        return length == 0 || Encoding.UTF8.GetString(room, 0, length) == Encoding.UTF8.GetString(whole.WrittenSpan);
    }
}
