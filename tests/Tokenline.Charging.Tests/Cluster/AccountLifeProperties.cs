using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Audit;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tests.Journal;
using Tokenline.Cluster;
using Tokenline.Storage.Journal;
using Tokenline.Testing;

namespace Tokenline.Charging.Tests.Cluster;

/// <summary>Random interleavings of grants, calls, failures, faults and restarts on one account: whatever happens, the books are right. With orders, aborts and a failing disk: Tokenline.Commerce.Tests/Life.</summary>
public sealed class AccountLifeProperties
{
    private static readonly Gen<(int Op, int A, int B)> steps = Gen.Select(Gen.Int[0, 13], Gen.Int[0, 400], Gen.Int[0, 400]);

    [Fact]
    public Task No_sequence_of_steps_breaks_the_books_in_memory() =>
        steps
            .List[1, 80]
            .SampleAsync(
                async sequence =>
                {
                    var journal = new MemoryChargeJournal();
                    await new Life(journal, journal, broken => journal.IsBroken = broken).RunAsync(sequence);
                },
                iter: TestLength.Of(700, 15_000)
            );

    [Fact]
    public Task No_sequence_of_steps_breaks_the_books_in_SQLite() =>
        steps
            .List[1, 80]
            .SampleAsync(
                async sequence =>
                {
                    var folder = Directory.CreateTempSubdirectory("tokenline-test");
                    await using (var journal = new SqliteChargeJournal(Path.Combine(folder.FullName, "charges.db"), "Asia/Shanghai"))
                        await new Life(journal, journal, _ => { }).RunAsync(sequence);
                    folder.Delete(recursive: true);
                },
                iter: TestLength.Of(40, 600),
                threads: 2
            );

    /// <summary>One account, its gateway runs and its vendor, played step by step.</summary>
    private sealed class Life(IChargeJournal journal, IChargeHistory history, Action<bool> breakJournal)
    {
        private readonly TestTariffs tariffs = new();
        private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 10, 0, 0, 0, TimeSpan.Zero));
        private readonly List<(ChargeId Id, long Bound, bool Stream)> open = [];
        private readonly List<ChargeId> charged = []; // whose settle was acknowledged: the client has its answer
        private readonly AccountId id = new(7);
        private HostedAccount? account;
        private long next = 100;
        private long node = 1;

        public async Task RunAsync(IEnumerable<(int Op, int A, int B)> sequence)
        {
            account = await ActivateAsync();
            foreach (var (op, a, b) in sequence)
            {
                try
                {
                    await StepAsync(op, a, b);
                }
                catch (AccountUnavailableException)
                {
                    breakJournal(false);
                    account = await ActivateAsync();
                }
            }
            breakJournal(false);
            await CrashAsync();
            var view = await account.ViewAsync();
            Assert.Empty(view.Open);
            Assert.All(view.Buckets, bucket => Assert.Equal(0, bucket.Reserved));
            await AuditAsync();
            foreach (var charge in charged)
                Assert.NotNull(await history.FindRecordAsync(charge));
        }

        private async Task StepAsync(int op, int a, int b)
        {
            switch (op)
            {
                case 0 or 1:
                    var unit = a % 3 == 0 ? TestTariffs.Point : TestTariffs.General;
                    var end = b % 2 == 0 ? (DateTimeOffset?)time.GetUtcNow().AddHours(1 + b) : null;
                    var models = a % 5 == 0 ? new[] { "tiered" } : null;
                    var grant = new BucketGrant(
                        new BucketId(next++),
                        "b",
                        BucketType.Pack,
                        unit,
                        null,
                        (1 + a) * 3_333_333L,
                        a % 4,
                        time.GetUtcNow(),
                        end,
                        models,
                        null
                    );
                    Assert.Null(await account!.ExecuteAsync(new GrantBucket(grant)));
                    Assert.Null(await account.ExecuteAsync(new GrantBucket(grant))); // again: the same answer, and nothing more
                    break;
                case 2:
                    await account!.ExecuteAsync(
                        new SetPayAsYouGo(
                            new CommandId(next++),
                            a % 3 == 0 ? null : new PayAsYouGo(1 + a * 1000L, Currency.Cny, "Asia/Shanghai")
                        )
                    );
                    break;
                case 3 or 4 or 5:
                    Hold(a, b);
                    break;
                case 6 when open.Count > 0:
                    var (running, _, isStream) = open[a % open.Count];
                    if (isStream)
                        await account!.ExtendAsync(new ExtendRequest(running, 0, b / 2, b + 10, b));
                    break;
                case 7 or 8 or 9 when open.Count > 0:
                    await SettleAsync(open[a % open.Count], b);
                    break;
                case 10 when open.Count > 0:
                    var gone = open[a % open.Count];
                    open.Remove(gone);
                    await account!.ReleaseAsync(new ReleaseRequest(gone.Id, "vendor failed", null));
                    break;
                case 11:
                    time.Advance(TimeSpan.FromHours(a));
                    break;
                case 12:
                    await CrashAsync();
                    break;
                case 13 when a % 4 == 0:
                    breakJournal(true);
                    break;
                default:
                    await AuditAsync();
                    break;
            }
        }

        private void Hold(int a, int b)
        {
            var charge = new ChargeId(next++);
            var request = new HoldRequest
            {
                Charge = charge,
                Key = new KeyId(1),
                Tariff = tariffs[a % 2 == 0 ? "m" : "tiered"],
                Vendor = "v",
                Deployment = "d",
                Stream = b % 2 == 0,
                InputBound = a * 4,
                InputEstimate = a,
                OutputWanted = 1 + b,
                OutputModest = 1 + (b / 2),
                OutputMin = 1,
                Precise = a % 3 > 0,
                Node = node,
                IdempotencyKey = a % 7 == 0 ? (UInt128)b : null,
            };
            var outcome = account!.Hold(request);
            if (outcome.Verdict == HoldVerdict.Granted)
                open.Add((charge, a * 4, request.Stream));
        }

        private async Task SettleAsync((ChargeId Id, long Bound, bool Stream) call, int b)
        {
            var usage = Usage.Of(call.Bound / 2, b % 50 == 0 ? b * 10 : b, call.Bound / 3, b / 3);
            var request = new SettleRequest
            {
                Charge = call.Id,
                Usage = usage,
                Basis = UsageBasis.Vendor,
                Ending = CallEnding.Completed,
            };
            var outcome = await account!.SettleAsync(request);
            open.Remove(call);
            if (outcome.Verdict is EndVerdict.Unknown)
                return; // its dispatch never became durable, so its client was cut
            Assert.Equal(EndVerdict.Done, outcome.Verdict);
            charged.Add(call.Id);
            Assert.Equal(EndVerdict.Replayed, (await account.SettleAsync(request)).Verdict);
        }

        /// <summary>Memory is gone; the next run of the gateway applies the recovery rule.</summary>
        private async Task CrashAsync()
        {
            await FlushAsync();
            node++;
            open.Clear();
            account = await ActivateAsync();
            await account.RecoverAsync(LiveRuns.Only(node));
        }

        private async Task FlushAsync()
        {
            try
            {
                await account!.CloseAsync();
            }
            catch (AccountUnavailableException)
            {
                // A crash in the middle of a failure.
            }
        }

        private async Task<HostedAccount> ActivateAsync()
        {
            var claimed = await journal.ClaimAsync(id);
            var engine = ChargingAccount.Restore(id, tariffs, claimed.Image, claimed.Tail);
            return new HostedAccount(engine, claimed.Epoch, journal, history, time, NullLogger.Instance, () => { });
        }

        private async Task AuditAsync()
        {
            var report = await new Auditor(history, tariffs, new OneLive(account!)).RunAsync(CancellationToken.None);
            Assert.True(report.IsClean, string.Join('\n', report.Differences));
        }
    }

    private sealed class OneLive(HostedAccount account) : ILiveAccounts
    {
        public async Task<IReadOnlyList<AccountView>> ViewsAsync(CancellationToken cancellation) => [await account.ViewAsync()];
    }
}
