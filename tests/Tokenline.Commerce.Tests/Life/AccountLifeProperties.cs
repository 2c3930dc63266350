using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Audit;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Records;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Outbox;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Refunds;

namespace Tokenline.Commerce.Tests.Life;

/// <summary>
/// A customer's life: orders on the phone bill, calls, clients that leave, vendors that fail, refunds, a carrier that is down, disks that fail and processes
/// that end, in any order. Whatever happens, the books are right: real ordering, real outbox, real hosting, the real journal.
/// </summary>
public sealed class AccountLifeProperties
{
    private static readonly Gen<(int Op, int A, int B)> steps = Gen.Select(Gen.Int[0, 22], Gen.Int[0, 400], Gen.Int[0, 400]);

    [Fact]
    [Trait("WhatOthersGotWrong", "10")]
    [Trait("WhatOthersGotWrong", "12")]
    [Trait("WhatOthersGotWrong", "21")]
    [Trait("WhatOthersGotWrong", "23")]
    [Trait("WhatOthersGotWrong", "44")]
    public Task Whatever_happens_the_books_are_right() =>
        steps
            .List[30, 120]
            .SampleAsync(
                async sequence =>
                {
                    await using var life = new Life();
                    await life.RunAsync(sequence);
                },
                iter: TestLength.Of(18, 350),
                threads: 2
            );

    private sealed class Life : IAsyncDisposable
    {
        private const string Model = "deepseek-v4-flash";
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tokenline-life");
        private readonly FakeTimeProvider time = new(World.Start);
        private readonly FakePhoneBill carrier = new();
        private readonly List<Call> open = [];
        private readonly Dictionary<ChargeId, Usage> answered = []; // settled, and the client has its end
        private readonly List<ChargeId> released = []; // and the client has its error
        private readonly List<string> refused = []; // commands out of the outbox that the account did not take
        private World world = null!;
        private FaultyJournal journal = null!;
        private LocalAccounts accounts = null!;
        private Customer customer = null!;
        private long capMax; // the highest cap that was ever allowed
        private int packsMax; // the most automatic packs a month that were ever allowed
        private long node = 1;
        private int external;

        public async Task RunAsync(IEnumerable<(int Op, int A, int B)> sequence)
        {
            await World.PrepareAsync(folder.FullName, seeded: true);
            await StartAsync();
            await OpenShopAsync();
            await OrderAsync(1, 1);
            foreach (var (op, a, b) in sequence)
            {
                try
                {
                    await StepAsync(op, a, b);
                }
                catch (AccountUnavailableException)
                {
                    // The disk failed under a step whose caller gives up; its charges stay open.
                }
            }
            await EndAsync();
        }

        private async Task StepAsync(int op, int a, int b)
        {
            switch (op)
            {
                case 0 or 1 or 2:
                    await OrderAsync(a, b);
                    break;
                case 3:
                    await PayAsYouGoAsync(a);
                    break;
                case 4 or 5 or 6 or 7:
                    await HoldAsync(a, b);
                    break;
                case 8 when open.Find(call => call.IsStream) is { } stream:
                    await accounts.ExtendAsync(
                        customer.Account,
                        new ExtendRequest(stream.Charge, 0, stream.Output / 2, stream.Output + a, 0)
                    );
                    break;
                case 9 or 10 when open.Count > 0:
                    await SettleAsync(open[a % open.Count], Answered(open[a % open.Count], b), UsageBasis.Vendor, CallEnding.Completed);
                    break;
                case 11 when open.Count > 0: // the client has left: what was delivered is counted
                    await SettleAsync(open[a % open.Count], Delivered(open[a % open.Count], b), UsageBasis.Estimated, CallEnding.ClientGone);
                    break;
                case 12 when open.Find(call => call.IsStream) is { } cut: // the vendor has broken off
                    await SettleAsync(cut, Delivered(cut, b), UsageBasis.Estimated, CallEnding.VendorCut);
                    break;
                case 13 when open.Count > 0: // the vendor has failed before its first byte
                    await ReleaseAsync(open[a % open.Count]);
                    break;
                case 14 when answered.Count > 0:
                    await RefundAsync(answered.Keys.ElementAt(a % answered.Count), b);
                    break;
                case 15:
                    // What was bought arrives within minutes; a grant whose time is over before it arrives is refused, and a person is told.
                    await HealAsync();
                    for (var minutes = 0; minutes < 3; minutes++)
                        await world.Get<CommerceStart>().ResumeAsync(CancellationToken.None);
                    time.Advance(TimeSpan.FromHours(1 + a));
                    await world.Get<CommerceStart>().ResumeAsync(CancellationToken.None);
                    break;
                case 16:
                    await RestartAsync();
                    break;
                case 17:
                    await FailAsync(a, b);
                    break;
                case 18:
                    (carrier.IsDown, carrier.LosesAnswers, carrier.Refusal) = (a % 4 == 0, a % 4 == 1, a % 4 == 2 ? "barred" : null);
                    break;
                case 19:
                    await world.Get<CommerceStart>().ResumeAsync(CancellationToken.None);
                    break;
                case 20:
                    await accounts.ExecuteAsync(
                        customer.Account,
                        new SetStanding(world.Get<IdSource>().Next<CommandKind>(), a % 3 == 0, "test")
                    );
                    break;
                case 21:
                    await AutoPackAsync(a);
                    break;
                case 22:
                    await HealAsync();
                    await AuditAsync();
                    break;
                default: // no call is there for it
                    await HoldAsync(a, b);
                    break;
            }
        }

        /// <summary>An order in four is one that was placed before, under its own name.</summary>
        private async Task OrderAsync(int a, int b)
        {
            var number = a % 4 == 0 && external > 0 ? b % external : external++;
            var offering = number % 2 == 0 ? "small-plan" : "small-pack";
            var placed = await world.Ordering.PlaceAsync(customer.Id, offering, $"order-{number}", CancellationToken.None);
            Assert.Null(placed.Refused);
        }

        private async Task PayAsYouGoAsync(int a)
        {
            if (a % 3 == 0)
            {
                Assert.Null((await world.Customers.EndPayAsYouGoAsync(customer.Id, CancellationToken.None)).Refused);
                return;
            }
            var cap = new Money((1 + a) * 100_000L, Currency.Cny);
            capMax = Math.Max(capMax, cap.Nano);
            Assert.Null((await world.Customers.AllowPayAsYouGoAsync(customer.Id, cap, CancellationToken.None)).Refused);
        }

        private async Task AutoPackAsync(int a)
        {
            var terms = a % 4 == 0 ? null : new AutoPack("small-pack", 1 + (a % 3), "Asia/Shanghai");
            packsMax = Math.Max(packsMax, terms?.MaxPerMonth ?? 0);
            Assert.Null(await accounts.ExecuteAsync(customer.Account, new SetAutoPack(world.Get<IdSource>().Next<CommandKind>(), terms)));
        }

        private async Task HoldAsync(int a, int b)
        {
            var call = new Call(world.Get<IdSource>().Next<ChargeKind>(), 1 + a, 1 + b, b % 2 == 0);
            var request = new HoldRequest
            {
                Charge = call.Charge,
                Key = new KeyId(1),
                Tariff = world.Get<TariffHolder>().Current.Find(Model, time.GetUtcNow())!,
                Vendor = "vendor",
                Deployment = $"{Model}@vendor",
                Stream = call.IsStream,
                InputBound = call.Input,
                InputEstimate = call.Input,
                TokensEstimate = call.Input,
                OutputWanted = call.Output,
                OutputModest = call.Output,
                OutputMin = 1,
                Precise = false,
                Node = node,
                Run = a % 5 == 0 ? "night" : null,
            };
            var outcome = await accounts.HoldAsync(customer.Account, request);
            if (outcome.Verdict == HoldVerdict.Tight)
                outcome = await accounts.HoldAsync(customer.Account, request with { Precise = true });
            // As the gateway does: nothing is left, but the customer has allowed to buy a pack then.
            if (
                outcome.Refusal?.MayBuyPack is { } pack
                && await world.Get<AutoPacks>().BuyAsync(customer.Account, pack, CancellationToken.None)
            )
                outcome = await accounts.HoldAsync(customer.Account, request with { Precise = true });
            if (outcome.Verdict != HoldVerdict.Granted)
                return;
            open.Add(call with { Output = outcome.OutputGranted });
            if (call.IsStream)
                await accounts.DispatchedAsync(customer.Account, call.Charge);
        }

        private async Task SettleAsync(Call call, Usage usage, UsageBasis basis, CallEnding ending)
        {
            var request = new SettleRequest
            {
                Charge = call.Charge,
                Usage = usage,
                Basis = basis,
                Ending = ending,
            };
            var end = await UntilDurableAsync(() => accounts.SettleAsync(customer.Account, request));
            if (end is null)
                return; // given up: the client is cut, and the charge is left to a later try or to the recovery rule
            open.Remove(call);
            if (end is EndVerdict.Done or EndVerdict.Replayed)
                answered.Add(call.Charge, usage);
        }

        private async Task ReleaseAsync(Call call)
        {
            var request = new ReleaseRequest(call.Charge, "vendor failed", null);
            var end = await UntilDurableAsync(() => accounts.ReleaseAsync(customer.Account, request));
            if (end is null)
                return;
            open.Remove(call);
            if (end is EndVerdict.Done)
                released.Add(call.Charge);
        }

        /// <summary>As the gateway does: again until it is durable, but not for ever.</summary>
        private static async Task<EndVerdict?> UntilDurableAsync(Func<ValueTask<EndOutcome>> end)
        {
            for (var tries = 0; tries < 4; tries++)
            {
                try
                {
                    return (await end()).Verdict;
                }
                catch (AccountUnavailableException)
                {
                    // once more
                }
            }
            return null;
        }

        private async Task RefundAsync(ChargeId charge, int b)
        {
            // Two names a charge, as another node would make them.
            var command = new CommandId(charge.Value + ((1 + (b % 2)) << 12));
            var request = new RefundRequest(charge, b % 3 == 0 ? null : 1 + (b * 2000), "test", command);
            await world.Get<Refunding>().RefundAsync(request);
        }

        private async Task FailAsync(int a, int b)
        {
            if (a % 3 == 0)
                journal.FailCommits(1 + (b % 3));
            else if (a % 3 == 1)
                journal.LoseAnswers(1 + (b % 3));
            else
                await journal.FillDiskAsync();
        }

        private Task HealAsync() => journal.HealAsync();

        /// <summary>Memory is gone. The next process applies the recovery rule and takes up what was left.</summary>
        private async Task RestartAsync()
        {
            await HealAsync();
            await StopAsync();
            time.Advance(TimeSpan.FromSeconds(1)); // no id is made twice
            node++;
            open.Clear();
            await StartAsync();
            foreach (var account in await journal.Inner.AccountsWithOpenChargesAsync())
                await accounts.RecoverAsync(account, LiveRuns.Only(node));
            await world.Get<CommerceStart>().ResumeAsync(CancellationToken.None);
        }

        private async Task StartAsync()
        {
            journal = new FaultyJournal(Path.Combine(folder.FullName, "charges.db"));
            world = await World.OpenAsync(
                folder.FullName,
                register: services =>
                {
                    services.AddSingleton(time);
                    services.AddSingleton<TimeProvider>(time);
                    services.AddSingleton(carrier);
                    services.AddSingleton<IPhoneBill>(carrier);
                    services.AddSingleton<IChargeHistory>(journal.Inner);
                    services.AddSingleton<IChargeJournal>(journal);
                    services.AddSingleton<LocalAccounts>();
                    services.AddSingleton<IChargingAccounts>(provider => provider.GetRequiredService<LocalAccounts>());
                }
            );
            accounts = world.Get<LocalAccounts>();
            world.Get<OutboxDispatcher>().Trouble = report => refused.AddRange(report.Refused);
        }

        private async Task StopAsync()
        {
            await journal.DisposeAsync();
            await world.DisposeAsync();
        }

        private async Task OpenShopAsync()
        {
            ProductOffering Offering(string id, OfferingKind kind, int? months, int? days, OfferedGrant grant) =>
                new(id, id, "", kind, new Money(Money.NanoPerUnit, Currency.Cny), months, [grant]) { Days = days };
            var window = new Limit(
                "5h",
                LimitWindow.FromFirstUse,
                Measure.Quota,
                5000 * QuotaUnit.Micro,
                5 * 3600,
                new QuotaUnit("general-token")
            );
            await world
                .Get<ICatalogStore>()
                .AddOfferingsAsync(
                    [
                        Offering(
                            "small-plan",
                            OfferingKind.Plan,
                            1,
                            null,
                            new(new QuotaUnit("general-token"), 8_000 * QuotaUnit.Micro) { Limits = [window] }
                        ),
                        Offering("small-pack", OfferingKind.Pack, null, 2, new(new QuotaUnit("general-token"), 3_000 * QuotaUnit.Micro)),
                    ],
                    CancellationToken.None
                );
            customer = await world.NewCustomerAsync();
            Limit[] limits =
            [
                new("day", LimitWindow.Day, Measure.Tokens, 20_000),
                new("run", LimitWindow.Run, Measure.Value, 20_000_000, Currency: Currency.Cny),
                new("running", LimitWindow.Running, Measure.Requests, 8),
                new("rpm", LimitWindow.Rolling, Measure.Requests, 30, 60),
            ];
            var root = new Allotment(Allotment.Root, Allotment.Root, "account", AllotmentType.Account, limits);
            Assert.Null(await accounts.ExecuteAsync(customer.Account, new PutAllotment(world.Get<IdSource>().Next<CommandKind>(), root)));
        }

        /// <summary>All troubles end, all that waits is carried out, and then everything is looked at.</summary>
        private async Task EndAsync()
        {
            (carrier.IsDown, carrier.LosesAnswers, carrier.Refusal) = (false, false, null);
            await RestartAsync();
            Assert.Empty(await world.PendingAsync());
            Assert.Empty(refused);
            await AuditAsync();

            var view = await accounts.ViewAsync(customer.Account);
            Assert.Empty(view.Open);
            Assert.All(view.Buckets, bucket => Assert.Equal(0, bucket.Reserved));
            Assert.All(view.Buckets.SelectMany(bucket => bucket.Limits ?? []), limit => Assert.Equal(0, limit.Held));
            Assert.All(view.Allotments.SelectMany(known => known.Limits), limit => Assert.Equal(0, limit.Held));
            AssertCap(view);

            using var snapshot = journal.Inner.OpenSnapshot();
            var entries = snapshot.Entries().Where(entry => entry.Account == customer.Account).Select(entry => entry.Entry.Entry).ToList();
            await AssertChargesAsync(entries);
            await AssertOrdersAsync(entries);
            await AssertAutoPacksAsync(entries);
        }

        /// <summary>Nobody who did not allow it spends money, and nobody more than allowed in a month.</summary>
        private void AssertCap(AccountView view)
        {
            foreach (
                var month in view
                    .Buckets.Where(bucket => bucket.Grant.Type == BucketType.Postpaid)
                    .GroupBy(bucket => bucket.Grant.ExpiresAt)
            )
                Assert.True(
                    month.Sum(bucket => bucket.Consumed) <= capMax,
                    $"{month.Sum(bucket => bucket.Consumed)} was spent of at most {capMax}"
                );
        }

        /// <summary>Every charge has ended once, and so as its client was told.</summary>
        private async Task AssertChargesAsync(List<JournalEntry> entries)
        {
            var ends = entries
                .Select(entry =>
                    entry switch
                    {
                        Settled settled => settled.Charge,
                        Released gone => gone.Charge,
                        _ => (ChargeId?)null,
                    }
                )
                .OfType<ChargeId>()
                .ToList();
            var begun = entries.OfType<Dispatched>().Select(dispatched => dispatched.Charge).ToList();
            Assert.Equal(begun.Order(ById), ends.Order(ById));
            Assert.Equal(begun.Count, begun.Distinct().Count());
            foreach (var (charge, usage) in answered)
                Assert.Equal(usage, (await journal.Inner.FindRecordAsync(charge))!.Usage);
            foreach (var charge in released)
                Assert.Null(await journal.Inner.FindRecordAsync(charge));
        }

        /// <summary>What the carrier has booked was granted, once; what it has refused was not.</summary>
        private async Task AssertOrdersAsync(List<JournalEntry> entries)
        {
            var orders = await world.Get<IOrderStore>().ListAsync(customer.Id, null, 500, CancellationToken.None);
            Assert.All(orders, order => Assert.True(order.State is OrderState.Completed or OrderState.Failed, $"{order}"));
            var completed = orders.Where(order => order.State == OrderState.Completed).Select(order => order.Product!.Value).ToList();
            var granted = entries.OfType<BucketGranted>().Where(entry => entry.Grant.Product is not null).ToList();
            Assert.Equal(completed.Order(ByProduct), granted.Select(entry => entry.Grant.Product!.Value).Order(ByProduct));
            Assert.Equal(carrier.Booked, completed.Count);
        }

        /// <summary>No more packs were bought unasked in a month than were allowed, and every purchase has come to its end.</summary>
        private async Task AssertAutoPacksAsync(List<JournalEntry> entries)
        {
            var months = entries
                .OfType<AutoPackClaimed>()
                .Select(claim => claim.At.ToOffset(TimeSpan.FromHours(8)))
                .GroupBy(at => (at.Year, at.Month));
            Assert.All(months, month => Assert.True(month.Count() <= packsMax, $"{month.Count()} packs in {month.Key}"));
            Assert.Empty(await world.Get<IAutoPackStore>().UnfinishedAsync(100, CancellationToken.None));
        }

        private async Task AuditAsync()
        {
            await accounts.ViewAsync(customer.Account);
            var report = await new Auditor(journal.Inner, world.Get<TariffHolder>(), accounts.Hosted).RunAsync(CancellationToken.None);
            Assert.True(report.IsClean, string.Join('\n', report.Differences));
        }

        private static Usage Answered(Call call, int b) =>
            // Now and then a vendor has used more than it was allowed.
            Request(call.Input / 2, b % 25 == 0 ? call.Output * 20 : Math.Min(b, call.Output), call.Input / 3);

        private static Usage Delivered(Call call, int b) => Request(call.Input, Math.Min(b / 2, call.Output), 0);

        private static Usage Request(long input, long output, long cached)
        {
            var usage = Usage.Of(input, output, cached);
            usage[Meter.Request] = 1;
            return usage;
        }

        private static Comparer<ChargeId> ById { get; } = Comparer<ChargeId>.Create((x, y) => x.Value.CompareTo(y.Value));

        private static Comparer<ProductId> ByProduct { get; } = Comparer<ProductId>.Create((x, y) => x.Value.CompareTo(y.Value));

        public async ValueTask DisposeAsync()
        {
            await HealAsync();
            await StopAsync();
            folder.Delete(recursive: true);
        }

        private sealed record Call(ChargeId Charge, long Input, long Output, bool IsStream);
    }
}
