namespace Tokenline.Commerce.Receivables;

/// <summary>What came of issuing, paying or crediting.</summary>
/// <param name="Entry">The fact as it is kept, made now or before: compare it with what was wanted.</param>
public sealed record ReceivableOutcome(ReceivableEntry Entry, Receivable? Receivable);

/// <summary>Keeps terms, receivables and what happens to them. Each change is one transaction on the customer's terms, so of many at once they are made one after the other.</summary>
public interface IReceivableStore
{
    Task<InvoiceTerms?> FindTermsAsync(PartyId customer, CancellationToken cancellation);

    /// <summary>Adds or replaces what was agreed on; what is open stays.</summary>
    Task PutTermsAsync(InvoiceTerms terms, CancellationToken cancellation);

    /// <summary>
    /// Issues once per correlator. Refused where there are no terms, more would be open than the limit, or something is overdue; the refusal is kept.
    /// Credit of the customer's goes into it.
    /// </summary>
    Task<ReceivableOutcome> IssueAsync(Receivable wanted, DateTimeOffset now);

    /// <summary>A payment of the customer's, once per correlator. Null: more than is open, and nothing is changed.</summary>
    Task<ReceivableOutcome?> PayAsync(ReceivableId id, string correlator, Money amount, string reference, DateTimeOffset now);

    /// <summary>Takes a part of a receivable back, or the whole, once per correlator: first what is open, the rest is the customer's credit. Refused where it is more than is left of it.</summary>
    /// <param name="of">The correlator of the receivable.</param>
    Task<ReceivableOutcome> CreditAsync(string of, string correlator, Money amount, string reason, DateTimeOffset now);

    Task<Receivable?> FindAsync(ReceivableId id, CancellationToken cancellation);

    /// <summary>What happened to it, oldest first.</summary>
    Task<IReadOnlyList<ReceivableEntry>> EntriesAsync(ReceivableId id, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    /// <param name="isOpen">Only those of which something is open.</param>
    Task<IReadOnlyList<Receivable>> ListAsync(
        PartyId customer,
        bool isOpen,
        ReceivableId? before,
        int limit,
        CancellationToken cancellation
    );

    /// <summary>
    /// All customers' facts in the order of their numbers, for who keeps books of them and remembers where he was. Those of the last moments may still be
    /// numbered in another order than they are committed in: let <paramref name="until"/> be a minute ago.
    /// </summary>
    Task<IReadOnlyList<ReceivableEntry>> EntriesAsync(long after, DateTimeOffset until, int limit, CancellationToken cancellation);

    /// <summary>Of which a day is over and subscriptions were not told, or that are settled since and subscriptions were not told: after the mark, oldest first.</summary>
    Task<IReadOnlyList<Receivable>> ToTellAsync(ReceivableId after, DateTimeOffset now, int limit, CancellationToken cancellation);

    /// <summary>What is to be told of it was told.</summary>
    Task ToldAsync(ReceivableId id, bool isOverdue);
}
