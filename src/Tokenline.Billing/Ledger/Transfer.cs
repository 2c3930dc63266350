using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tokenline.Billing.Ledger;

/// <param name="Nano">Debit is positive, credit negative.</param>
public readonly record struct Posting(LedgerAccount Account, Currency Currency, long Nano);

/// <summary>A move of money. In each currency its postings add up to nothing; it never changes.</summary>
public sealed record Transfer
{
    /// <param name="id">Made of the cause, so that what is posted twice is known to be the same.</param>
    /// <param name="at">When it happened, for the books.</param>
    /// <param name="period">The one it is booked in.</param>
    public Transfer(string id, DateTimeOffset at, BillingPeriod period, string text, IReadOnlyList<Posting> postings)
    {
        if (postings.Count < 2)
            throw new InvalidOperationException($"transfer {id} moves nothing");
        foreach (var currency in postings.GroupBy(posting => posting.Currency))
        {
            Int128 sum = 0;
            foreach (var posting in currency)
                sum += posting.Nano;
            if (sum != 0)
                throw new InvalidOperationException($"transfer {id} is out of balance by {sum} nano {currency.Key}");
        }
        (Id, At, Period, Text, Postings) = (id, at, period, text, postings);
    }

    public string Id { get; }
    public DateTimeOffset At { get; }
    public BillingPeriod Period { get; }
    public string Text { get; }
    public IReadOnlyList<Posting> Postings { get; }

    /// <summary>The same for the same content: what tells a repetition from a contradiction.</summary>
    public long Content()
    {
        var text = new StringBuilder().Append(Period).Append('|').Append(At.UtcTicks);
        foreach (var posting in Postings)
            text.Append('|').Append(posting.Account).Append(' ').Append(posting.Currency).Append(' ').Append(posting.Nano);
        return BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}

/// <summary>Puts a transfer together; what is nothing is left out, and the same account twice is one posting.</summary>
public sealed class TransferBuilder
{
    private readonly List<Posting> postings = [];

    public TransferBuilder Debit(LedgerAccount account, Currency currency, long nano)
    {
        var known = postings.FindIndex(posting => posting.Account == account && posting.Currency == currency);
        if (known >= 0)
            postings[known] = postings[known] with { Nano = checked(postings[known].Nano + nano) };
        else
            postings.Add(new(account, currency, nano));
        return this;
    }

    public TransferBuilder Credit(LedgerAccount account, Currency currency, long nano) => Debit(account, currency, checked(-nano));

    /// <summary>Null: nothing moves.</summary>
    public Transfer? Build(string id, DateTimeOffset at, BillingPeriod period, string text)
    {
        postings.RemoveAll(posting => posting.Nano == 0);
        return postings.Count == 0 ? null : new Transfer(id, at, period, text, [.. postings]);
    }
}

/// <param name="Number">In the order of writing.</param>
public sealed record StoredTransfer(long Number, Transfer Transfer);

public sealed record Balance(LedgerAccount Account, Currency Currency, Int128 Nano);
