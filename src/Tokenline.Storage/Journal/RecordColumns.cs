using System.Data.Common;
using Tokenline.Charging.Records;

namespace Tokenline.Storage.Journal;

/// <summary>Bills and lists read the columns of a usage record, receipts the record: they must say the same.</summary>
internal static class RecordColumns
{
    /// <summary>The column that says otherwise; null: none.</summary>
    /// <param name="keepsRuns">A file that is audited as it lies there may be of a version before runs had a column.</param>
    public static string? Unlike(DbDataReader row, UsageRecord record, bool keepsRuns = true)
    {
        (string Column, object Record)[] figures =
        [
            ("account", record.Account.Value),
            ("ended_at", record.EndedAt.ToUnixTimeMilliseconds()),
            ("model", record.Model),
            ("vendor", record.Vendor),
            ("whole_input", record.Usage.WholeInput),
            ("output", record.Usage[Meter.Output]),
            ("retail_nano", record.RetailNano),
            ("uncollected_nano", record.UncollectedNano),
            .. keepsRuns ? [("run", record.Run ?? (object)DBNull.Value)] : Array.Empty<(string, object)>(),
        ];
        foreach (var (column, said) in figures)
        {
            var stored = row[column];
            if (!stored.Equals(said))
                return $"its column {column} says {stored}, its record {said}";
        }
        return null;
    }
}
