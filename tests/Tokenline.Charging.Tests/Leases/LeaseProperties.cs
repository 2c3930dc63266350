using CsCheck;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Leases;
using Tokenline.Charging.Limits;
using Tokenline.Testing;
using static Tokenline.Charging.Tests.Leases.LeaseWorld;

namespace Tokenline.Charging.Tests.Leases;

/// <summary>
/// Random interleavings of leases, calls, refunds, recalls, ends and suspensions, with crashes of either account and of whoever moves quota at every step:
/// nothing is spent twice, no limit is crossed, nothing is stranded when the leases are over.
/// </summary>
public sealed class LeaseProperties
{
    private const long Token = QuotaUnit.Micro;
    private const long DailyMax = 1500;
    private const long TeamMax = 8;

    private static readonly Gen<(int Op, int A, int B)> steps = Gen.Select(Gen.Int[0, 19], Gen.Int[0, 400], Gen.Int[0, 400]);

    [Fact]
    public Task No_sequence_of_steps_overspends_strands_or_loses_anything() =>
        steps.List[1, 90].SampleAsync(async sequence => await (await Life.BeginAsync()).RunAsync(sequence), iter: TestLength.Of(200, 4000));

    /// <summary>A call as the client knows it, counted by plain sums.</summary>
    private sealed class Known(ChargeId charge, AccountId account, AllotmentId node, DateTimeOffset start, long held, long input)
    {
        public ChargeId Charge { get; } = charge;
        public AccountId Account { get; } = account;
        public AllotmentId Node { get; } = node;
        public DateTimeOffset Start { get; } = start;
        public long Input { get; } = input;

        /// <summary>What it costs at most while it runs, and what it has cost then.</summary>
        public long Cost { get; set; } = held;
        public bool IsRunning { get; set; } = true;
        public int Refunded { get; set; }
    }

    private sealed class Life(LeaseWorld world)
    {
        private readonly List<Known> calls = [];
        private readonly Dictionary<AllotmentId, AccountId> lessees = []; // of leases that were not recalled
        private readonly List<(AccountId Lessee, long Size)> all = [];
        private long nextBucket = 10;
        private long granted = 20_000 * Token;

        public static async Task<Life> BeginAsync() =>
            new(
                await OpenAsync(
                    20_000,
                    ofDepartment: [new("day", LimitWindow.Day, Measure.Quota, DailyMax * Token, Unit: TestTariffs.General)],
                    ofTeams: [new("calls", LimitWindow.Day, Measure.Requests, TeamMax)]
                )
            );

        public async Task RunAsync(IEnumerable<(int Op, int A, int B)> sequence)
        {
            world.Time.Advance(TimeSpan.FromMinutes((15 * 60) + 58)); // soon it is midnight
            foreach (var (op, a, b) in sequence)
            {
                (world.CutAfter, world.OvertakenAfter) = (null, null);
                try
                {
                    await StepAsync(op, a, b);
                }
                catch (AccountUnavailableException)
                {
                    // Whoever moved quota is gone; the next one knows nothing of it.
                }
                (world.CutAfter, world.OvertakenAfter) = (null, null);
                await CheckAsync();
            }
            await EndAsync();
        }

        private async Task StepAsync(int op, int a, int b)
        {
            var team = Teams[a % 2];
            switch (op)
            {
                case 0 when !lessees.ContainsKey(team):
                    var (lessee, refusal) = await world.LeaseAsync(team, 100 + a, 30 + b);
                    if (refusal is null)
                    {
                        lessees.Add(team, lessee);
                        all.Add((lessee, 100 + a));
                    }
                    break;
                case 1 when b % 3 == 0 && lessees.Remove(team):
                    await world.UnleaseAsync(team);
                    break;
                case <= 6:
                    var node = (a % 4) switch
                    {
                        0 => Member,
                        1 => Teams[0],
                        2 => Teams[1],
                        _ => Department,
                    };
                    await CallAsync(node, a, b);
                    break;
                case <= 10 when Running().Count > 0:
                    await EndCallAsync(Running()[a % Running().Count], b);
                    break;
                case 11 when calls.Exists(call => !call.IsRunning && call.Refunded < 1_000_000):
                    await RefundAsync(calls.FindAll(call => !call.IsRunning && call.Refunded < 1_000_000)[0], 1 + (b * 2000));
                    break;
                case 12:
                    world.Time.Advance(TimeSpan.FromSeconds(b));
                    break;
                case 13 when b % 5 == 0:
                    world.Time.Advance(TimeSpan.FromHours(a / 20));
                    break;
                case 14:
                    await world.LeaveMemoryAsync(all.Count > 0 && a % 3 > 0 ? all[b % all.Count].Lessee : Pool, isOrderly: a % 2 == 0);
                    break;
                case 15 when b % 8 == 0:
                    granted += (1 + a) * Token;
                    await world.GrantAsync(nextBucket++, 1 + a, world.Now.AddMinutes(1 + b), priority: a % 3);
                    break;
                case 16 when b % 8 == 0:
                    await world.DoAsync(Pool, new SetStanding(new CommandId(world.Next()), a % 2 == 0, "tried"));
                    break;
                case 17:
                    await world.AuditAsync();
                    break;
                default:
                    if (op == 18)
                        (world.CutAfter, world.IsDoneBeforeCut) = (a % 7, b % 2 == 0);
                    else
                        world.OvertakenAfter = a % 5;
                    await world.RoundAsync();
                    break;
            }
        }

        private List<Known> Running() => calls.FindAll(call => call.IsRunning);

        private async Task CallAsync(AllotmentId node, int a, int b)
        {
            var team = node == Member ? Teams[0] : node;
            var account = lessees.TryGetValue(team, out var lessee) && a % 9 > 0 ? lessee : Pool;
            if (b % 6 == 0)
                (world.CutAfter, world.IsDoneBeforeCut) = (b % 4, a % 2 == 0);
            else if (b % 6 == 1)
                world.OvertakenAfter = a % 3;
            var (input, output) = (1 + (a / 4), 1 + (b / 8));
            if ((await world.LeasesAsync(account)).Taken is null && account != Pool)
                return; // it has not moved yet
            var (charge, outcome) = await world.CallAsync(account, node, input, output);
            if (outcome.Verdict == HoldVerdict.Granted)
                calls.Add(new(charge, account, node, world.Now, (input + (2 * output)) * Token, input));
        }

        private async Task EndCallAsync(Known call, int b)
        {
            var output = Math.Min(b, ((call.Cost / Token) - call.Input) / 2);
            if (b % 5 == 0)
                Assert.Equal(EndVerdict.Done, (await world.ReleaseAsync(call.Account, new(call.Charge, "vendor failed", null))).Verdict);
            else
                Assert.Equal(EndVerdict.Done, (await world.EndAsync(call.Account, call.Charge, call.Input, output)).Verdict);
            call.IsRunning = false;
            (call.Cost, call.Refunded) = b % 5 == 0 ? (0, 1_000_000) : ((call.Input + (2 * output)) * Token, 0);
        }

        private async Task RefundAsync(Known call, int millionths)
        {
            millionths = Math.Min(millionths, 1_000_000 - call.Refunded);
            Assert.Null(await world.DoAsync(call.Account, new Refund(new CommandId(world.Next()), call.Charge, millionths, "tried")));
            call.Refunded += millionths;
        }

        /// <summary>After every step: the pool has given all that anybody has, no window is crossed, no more is out than agreed.</summary>
        private async Task CheckAsync()
        {
            var pool = await world.ViewAsync(Pool);
            Assert.All(pool.Buckets, AddsUp);
            Assert.Equal(granted, pool.Buckets.Sum(bucket => bucket.Granted - bucket.Transferred)); // transferred: into the buckets of refunds
            foreach (var (lessee, size) in all)
            {
                var lease = pool.Leases.Find(lessee)!;
                var theirs = await world.ViewAsync(lessee);
                Assert.All(theirs.Buckets, AddsUp);
                foreach (var bucket in theirs.Buckets)
                {
                    var part = lease.Parts.Single(part => part.Mirror.Bucket == bucket.Grant.Bucket);
                    Assert.True(bucket.Granted <= part.Lent && part.Returned <= bucket.Transferred, $"{bucket} and {part}");
                }
                var unspent = theirs.Buckets.Sum(bucket => bucket.Remaining + bucket.Reserved);
                // Refunds aside, which come on top; in the test they are of one call at a time.
                var refunds = calls.Where(call => call.Account == lessee && call.Refunded > 0).Sum(call => call.Cost);
                Assert.True(unspent <= (2 * size * Token) + refunds, $"{unspent} of a lease of {size}");
            }
            var today = calls.Where(call => call.Start.UtcDateTime.Date == world.Now.UtcDateTime.Date).ToList();
            Assert.True(today.Sum(Counted) <= DailyMax * Token, $"{today.Sum(Counted)} today");
            foreach (var team in Teams)
            {
                var count = today.Count(call =>
                    (call.Node == team || (team == Teams[0] && call.Node == Member)) && (call.IsRunning || call.Refunded < 1_000_000)
                );
                Assert.True(count <= TeamMax, $"{count} calls of {team} today");
            }
        }

        private static long Counted(Known call) => call.Cost - (long)((Int128)call.Cost * call.Refunded / 1_000_000);

        private static void AddsUp(BucketView b)
        {
            Assert.Equal(b.Granted, b.Remaining + b.Reserved + b.Consumed + b.Expired + b.Voided + b.Transferred + b.Leased);
            Assert.True(b is { Remaining: >= 0, Reserved: >= 0, Consumed: >= 0, Transferred: >= 0, Leased: >= 0 }, b.ToString());
        }

        /// <summary>Calls end, leases are recalled, and the rounds go on as they always do: then everything is the pool's again, to the last micro-unit.</summary>
        private async Task EndAsync()
        {
            foreach (var call in Running())
                await EndCallAsync(call, 1);
            foreach (var team in lessees.Keys)
                await world.UnleaseAsync(team);
            for (var i = 0; i < 6; i++)
                await world.RoundAsync();
            await CheckAsync();
            await world.AuditAsync();

            var pool = await world.ViewAsync(Pool);
            Assert.All(pool.Leases.Given, lease => Assert.True(lease is { HasEnded: true, Out: 0 }, lease.ToString()));
            Assert.All(pool.Buckets, bucket => Assert.Equal((0, 0), (bucket.Leased, bucket.Reserved)));
            Assert.InRange(pool.Buckets.Sum(bucket => bucket.Consumed) - calls.Sum(Counted), -calls.Count, calls.Count); // parts of refunds are rounded
            foreach (var team in Teams)
            {
                var counter = pool.Allotments.Single(node => node.Terms.Id == team).Limits.Single();
                Assert.Equal(0, counter.Held);
            }
            foreach (var account in all.Select(lease => lease.Lessee).Append(Pool))
                await world.LeaveMemoryAsync(account, isOrderly: account != Pool);
            await CheckAsync();
            await world.AuditAsync();
        }
    }
}
