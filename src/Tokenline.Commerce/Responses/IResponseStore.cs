namespace Tokenline.Commerce.Responses;

/// <summary>A response that its customer may come back to, with everything that a call which goes on from it needs.</summary>
/// <param name="Id">As the client was told it: unique within the account alone, because vendors make these.</param>
/// <param name="Input">The items of the request and of all that came before, as they were sent, with commas between.</param>
/// <param name="Response">The response object as the client got it.</param>
public sealed record StoredResponse(
    AccountId Account,
    string Id,
    DateTimeOffset CreatedAt,
    ReadOnlyMemory<byte> Input,
    ReadOnlyMemory<byte> Response
)
{
    public int Bytes => Input.Length + Response.Length;
}

/// <summary>How much of one account is kept; the oldest goes first.</summary>
public sealed record ResponseRetention(int PerAccountMax, long AccountBytesMax);

/// <summary>Responses by account and id. Nobody reaches another account's.</summary>
public interface IResponseStore
{
    /// <summary>Keeps them and drops what is too much. One that is known by its id is replaced.</summary>
    Task AddAsync(IReadOnlyList<StoredResponse> responses, ResponseRetention retention, CancellationToken cancellation);

    /// <summary>Null: unknown, or older than that.</summary>
    Task<StoredResponse?> FindAsync(AccountId account, string id, DateTimeOffset notBefore, CancellationToken cancellation);

    /// <summary>False: there was none.</summary>
    Task<bool> DeleteAsync(AccountId account, string id, CancellationToken cancellation);

    /// <summary>Drops up to so many of the oldest, and says how many.</summary>
    Task<int> DeleteBeforeAsync(DateTimeOffset before, int limit, CancellationToken cancellation);
}
