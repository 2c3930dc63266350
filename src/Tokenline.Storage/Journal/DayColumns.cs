using System.Data.Common;
using Tokenline.Charging.Records;

namespace Tokenline.Storage.Journal;

/// <summary>The sums of days, as both stores keep them.</summary>
internal static class DayColumns
{
    public const string All = "account, day, model, key, unit, currency, calls, whole_input, output, retail_nano, uncollected_nano, amount";

    public static UsageDay Read(DbDataReader row) =>
        new(
            new(
                new AccountId(row.GetInt64(0)),
                DateOnly.FromDayNumber((int)row.GetInt64(1)),
                row.GetString(2),
                new KeyId(row.GetInt64(3)),
                new Currency(row.GetString(5)),
                row.GetString(4)
            ),
            new(row.GetInt64(6), row.GetInt64(7), row.GetInt64(8), row.GetInt64(9), row.GetInt64(10), row.GetInt64(11))
        );

    /// <summary>A query of the accounts whose days do not add up to their records, and what is wrong.</summary>
    public static string Unlike(string records, string days, string whichRecords, string whichDays) =>
        $"""
            SELECT coalesce(r.account, d.account),
                'its days add up to ' || coalesce(d.calls, 0) || ' calls, ' || coalesce(d.tokens, 0) || ' tokens, ' || coalesce(d.nano, 0) || ' nano; its records to '
                || coalesce(r.calls, 0) || ' calls, ' || coalesce(r.tokens, 0) || ' tokens, ' || coalesce(r.nano, 0) || ' nano'
            FROM (SELECT account, count(*) AS calls, sum(whole_input + output) AS tokens, sum(retail_nano) AS nano FROM {records} WHERE {whichRecords} GROUP BY account) r
            FULL JOIN (SELECT account, sum(calls) AS calls, sum(whole_input + output) AS tokens, sum(retail_nano) AS nano FROM {days} WHERE {whichDays} GROUP BY account) d
                ON d.account = r.account
            WHERE coalesce(r.calls, 0) <> coalesce(d.calls, 0) OR coalesce(r.tokens, 0) <> coalesce(d.tokens, 0) OR coalesce(r.nano, 0) <> coalesce(d.nano, 0)
            """;
}
