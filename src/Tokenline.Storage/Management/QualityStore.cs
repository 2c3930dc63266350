using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Quality;

namespace Tokenline.Storage.Management;

internal sealed class QualityDayRow
{
    public required string Deployment { get; set; }
    public DateOnly Day { get; set; }
    public required string Model { get; set; }
    public required string Vendor { get; set; }
    public long Served { get; set; }
    public long ConnectFailed { get; set; }
    public long TimedOut { get; set; }
    public long VendorError { get; set; }
    public long Limited { get; set; }
    public long Refused { get; set; }
    public long Broken { get; set; }

    /// <summary>Classes and their counts, see <see cref="FirstTokens"/>.</summary>
    public required string FirstTokens { get; set; }
    public long OutputTokens { get; set; }
    public long StreamedTokens { get; set; }
    public long StreamedMilliseconds { get; set; }
    public long EnergyTokens { get; set; }
    public double Joules { get; set; }

    public QualityDay ToDay() => new(Deployment, Model, Vendor, Day, ToTally());

    public void Take(QualityTally tally)
    {
        var sum = ToTally();
        sum.Add(tally);
        (Served, ConnectFailed, TimedOut) = (sum[AttemptEnding.Served], sum[AttemptEnding.ConnectFailed], sum[AttemptEnding.TimedOut]);
        (VendorError, Limited) = (sum[AttemptEnding.VendorError], sum[AttemptEnding.Limited]);
        (Refused, Broken) = (sum[AttemptEnding.Refused], sum[AttemptEnding.Broken]);
        FirstTokens = sum.FirstTokens.ToString();
        (OutputTokens, StreamedTokens, StreamedMilliseconds) = (sum.OutputTokens, sum.StreamedTokens, sum.StreamedMilliseconds);
        (EnergyTokens, Joules) = (sum.EnergyTokens, sum.Joules);
    }

    private QualityTally ToTally() =>
        new()
        {
            [AttemptEnding.Served] = Served,
            [AttemptEnding.ConnectFailed] = ConnectFailed,
            [AttemptEnding.TimedOut] = TimedOut,
            [AttemptEnding.VendorError] = VendorError,
            [AttemptEnding.Limited] = Limited,
            [AttemptEnding.Refused] = Refused,
            [AttemptEnding.Broken] = Broken,
            FirstTokens = Commerce.Quality.FirstTokens.Parse(FirstTokens),
            OutputTokens = OutputTokens,
            StreamedTokens = StreamedTokens,
            StreamedMilliseconds = StreamedMilliseconds,
            EnergyTokens = EnergyTokens,
            Joules = Joules,
        };
}

internal sealed class QualityStore(IDbContextFactory<ManagementDb> factory, ITurns turns) : IQualityStore
{
    public async Task AddAsync(IReadOnlyCollection<QualityDay> more, CancellationToken cancellation)
    {
        if (more.Count == 0)
            return;
        var (from, to) = (more.Min(day => day.Day), more.Max(day => day.Day));
        var ids = more.Select(day => day.Deployment).Distinct().ToList();
        // What is there is read, added to and written: one at a time, over all nodes.
        await using var turn = await turns.TakeAsync(Turns.Quality, cancellation);
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var known = await db
            .QualityDays.Where(row => row.Day >= from && row.Day <= to && ids.Contains(row.Deployment))
            .ToDictionaryAsync(row => (row.Deployment, row.Day), cancellation);
        foreach (var day in more)
        {
            if (!known.TryGetValue((day.Deployment, day.Day), out var row))
            {
                row = new()
                {
                    Deployment = day.Deployment,
                    Day = day.Day,
                    Model = day.Model,
                    Vendor = day.Vendor,
                    FirstTokens = "",
                };
                known.Add((day.Deployment, day.Day), row);
                db.QualityDays.Add(row);
            }
            row.Take(day.Tally);
        }
        await db.SaveChangesAsync(cancellation);
    }

    public async Task<IReadOnlyList<QualityDay>> DaysAsync(QualityQuery query, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .QualityDays.AsNoTracking()
            .Where(row => row.Day >= query.From && row.Day <= query.To)
            .Where(row => query.Vendor == null || row.Vendor == query.Vendor)
            .Where(row => query.Model == null || row.Model == query.Model)
            .OrderBy(row => row.Day)
            .ThenBy(row => row.Deployment)
            .ToListAsync(cancellation);
        return [.. rows.Select(row => row.ToDay())];
    }
}
