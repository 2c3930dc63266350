using System.Text;
using System.Text.Json;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Cluster;

namespace Tokenline.Charging.Tests.Cluster;

/// <summary>The engine with its records, one command after the other: what a sequential account answers.</summary>
internal sealed class SequentialAccount
{
    private static readonly TestTariffs tariffs = new();

    private readonly Dictionary<ChargeId, UsageRecord> records;
    private JournalEntry[] entries = [];

    public SequentialAccount()
        : this([], []) { }

    /// <summary>As an owner begins that has read what is durable.</summary>
    public SequentialAccount(IEnumerable<StoredEntry> entries, IEnumerable<UsageRecord> records)
    {
        Engine = ChargingAccount.Restore(HistoryScript.Account, tariffs, null, entries);
        this.records = records.ToDictionary(record => record.Charge);
    }

    public ChargingAccount Engine { get; }

    public string Answer(HistoryCommand command)
    {
        var answer = command.To(this);
        entries = Engine.Emitted.ToArray();
        Engine.ClearEmitted();
        return answer;
    }

    /// <summary>Of the last command.</summary>
    public string Entries() => string.Join('\n', entries.Select(Text));

    public EndOutcome Settle(SettleRequest request)
    {
        var end = Engine.Settle(request, HistoryScript.Now);
        // What an earlier owner has ended, memory does not know; its record does.
        if (end.Verdict == EndVerdict.Unknown && records.TryGetValue(request.Charge, out var known))
            return new(HostedAccount.SameUsage(known, request) ? EndVerdict.Replayed : EndVerdict.Conflict, known);
        if (end.Record is { } record)
            records.TryAdd(request.Charge, record);
        return end;
    }

    public Refusal? Execute(AccountCommand command) =>
        Engine.Execute(
            command is Refund refund ? refund with { Record = records.GetValueOrDefault(refund.Charge) } : command,
            HistoryScript.Now
        );

    public AccountView View()
    {
        Engine.Refresh(HistoryScript.Now);
        return Engine.View(HistoryScript.Now);
    }

    public static string Text(JournalEntry entry)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            ChargingJson.WriteEntry(writer, entry);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
