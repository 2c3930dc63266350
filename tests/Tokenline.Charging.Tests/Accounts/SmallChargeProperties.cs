using System.Collections.Frozen;
using System.Numerics;
using CsCheck;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Audit;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Charging.Tests.Journal;
using Tokenline.Charging.Tests.Tariffs;

namespace Tokenline.Charging.Tests.Accounts;

/// <summary>Many small charges lose nothing and make nothing: they equal their sum, and their replay.</summary>
public sealed class SmallChargeProperties
{
    private static readonly DateTimeOffset now = new(2026, 1, 10, 4, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Whole_weights_charge_many_small_calls_exactly_what_one_large_call_costs() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 40], Gen.Int[0, 40])
            .Array[1, 200]
            .Sample(
                calls =>
                {
                    var (small, large) = (Account(new TestTariffs()), Account(new TestTariffs()));
                    var tariff = new TestTariffs()["m"];
                    for (var i = 0; i < calls.Length; i++)
                        Assert.NotNull(
                            Charge(small, new ChargeId(i + 1), tariff, Usage.Of(calls[i].Item1, calls[i].Item3, calls[i].Item2), null)
                        );
                    var sum = Usage.Of(calls.Sum(call => call.Item1), calls.Sum(call => call.Item3), calls.Sum(call => call.Item2));
                    Assert.NotNull(Charge(large, new ChargeId(1), tariff, sum, null));

                    Assert.Equal(Consumed(large), Consumed(small));
                },
                iter: 100
            );

    /// <summary>Every rule of a price may be on: each charge is rounded once, from what the plainest arithmetic makes of it.</summary>
    [Fact]
    public void Charges_by_any_card_add_up_to_the_buckets_and_are_the_same_replayed() =>
        Gen.Select(RandomCards.All, Gen.Select(RandomCards.Bounded, RandomCards.Contexts).Array[1, 30], Gen.Bool)
            .Sample(
                (card, calls, isMoney) =>
                {
                    var tariffs = new OneTariff(card);
                    var account = Account(tariffs, isMoney);
                    var records = new List<UsageRecord>();
                    var (expected, volume) = (BigInteger.Zero, 0L);
                    for (var i = 0; i < calls.Length; i++)
                    {
                        var ((usage, _), context) = calls[i];
                        usage[Meter.Request] = Math.Max(1, usage[Meter.Request]); // as every call is one
                        if (Charge(account, new ChargeId(i + 1), tariffs.Model, usage, context.Traits) is not { } record)
                            break; // with the dearest cards even the largest bucket is used up
                        var exact = NaiveCard.Amount(card, usage, new(now, context.Traits, Ratio.One, volume), MeterSet.All);
                        var rounded = BigInteger.Min(long.MaxValue, ((exact.Numerator * 2) + exact.Denominator) / (exact.Denominator * 2));
                        Assert.Equal(rounded, record.RetailNano);
                        Assert.Equal(
                            record.RetailNano,
                            record.Payments.Sum(paid => paid.WorthNano) + record.FreeNano + record.UncollectedNano
                        );
                        expected += record.RetailNano - record.FreeNano - record.UncollectedNano;
                        volume += card.Volume?.Group.CountOf(usage) ?? 0;
                        records.Add(record);
                        if (account.View(now).Suspended)
                            account.Execute(new SetStanding(new CommandId(i + 1), false, "go on"), now);
                    }

                    // The price and the weight are one card here, so what is paid is what it is worth.
                    Assert.Equal(expected, Consumed(account));
                    Assert.Equal(
                        expected,
                        records.SelectMany(record => record.Payments).Aggregate(BigInteger.Zero, (sum, paid) => sum + paid.Amount)
                    );
                    AssertReplay(account, tariffs, records);
                },
                iter: 300
            );

    private static void AssertReplay(ChargingAccount account, ITariffs tariffs, List<UsageRecord> records)
    {
        var entries = account.Emitted.ToArray();
        var replayed = ChargingAccount.Restore(account.Id, tariffs, null, entries.Select((entry, i) => new StoredEntry(i + 1, entry)));
        Assert.Equivalent(account.View(now), replayed.View(now), strict: true);

        var journal = new MemoryChargeJournal();
        var epoch = journal.ClaimAsync(account.Id).AsTask().Result.Epoch;
        var byCharge = records.ToDictionary(record => record.Charge);
        for (var i = 0; i < entries.Length; i++)
        {
            var record = entries[i] is Settled settled ? byCharge[settled.Charge] : null;
            Assert.True(journal.Append(account.Id, epoch, i + 1, entries[i], record, urgent: true).IsCompletedSuccessfully);
        }
        using var snapshot = journal.OpenSnapshot();
        Assert.Empty(Auditor.Run(snapshot, tariffs, [account.View(now)], CancellationToken.None).Differences);
    }

    private static ChargingAccount Account(ITariffs tariffs, bool isMoney = false)
    {
        var account = new ChargingAccount(new AccountId(1), tariffs);
        var grant = new BucketGrant(
            new BucketId(1),
            "plan",
            isMoney ? BucketType.Wallet : BucketType.Plan,
            isMoney ? null : TestTariffs.General,
            isMoney ? Currency.Cny : null,
            long.MaxValue / 2,
            1,
            now,
            null,
            null,
            null
        );
        Assert.Null(account.Execute(new GrantBucket(grant), now));
        return account;
    }

    private static UsageRecord? Charge(ChargingAccount account, ChargeId charge, ModelTariff tariff, Usage usage, CallTraits? traits)
    {
        // Nobody knew how much it would be: it is held for little, and takes the rest at its end.
        var held = account.Hold(
            new HoldRequest
            {
                Charge = charge,
                Key = new KeyId(1),
                Tariff = tariff,
                Vendor = "v",
                Deployment = "d",
                Stream = false,
                InputBound = 1,
                InputEstimate = 1,
                OutputWanted = 1,
                OutputModest = 1,
                OutputMin = 1,
                Precise = true,
                Node = 1,
                Traits = traits,
            },
            now
        );
        if (held.Verdict == HoldVerdict.Refused && account.View(now).Buckets.Single().Remaining < long.MaxValue / 4)
            return null;
        Assert.Equal(HoldVerdict.Granted, held.Verdict);
        return account
            .Settle(
                new SettleRequest
                {
                    Charge = charge,
                    Usage = usage,
                    Basis = UsageBasis.Vendor,
                    Ending = CallEnding.Completed,
                },
                now
            )
            .Record!;
    }

    private static long Consumed(ChargingAccount account) => account.View(now).Buckets.Single().Consumed;

    /// <summary>One model, whose price in nano and weight in micro are the same card.</summary>
    private sealed class OneTariff : ITariffs
    {
        public OneTariff(RateCard card)
        {
            Model = new("m", 1, Currency.Cny, card, [new(TestTariffs.General, card)]) { Volume = card.Volume?.Group };
            Current = new([new Tariff(1, DateTimeOffset.MinValue, new[] { Model }.ToFrozenDictionary(model => model.Model))]);
        }

        public ModelTariff Model { get; }

        public TariffBook Current { get; }
    }
}
