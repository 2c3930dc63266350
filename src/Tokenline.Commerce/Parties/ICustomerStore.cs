using Tokenline.Charging.Accounts;

namespace Tokenline.Commerce.Parties;

/// <summary>Keeps parties and billing accounts.</summary>
public interface ICustomerStore
{
    /// <summary>False when the phone number is taken.</summary>
    Task<bool> AddAsync(Customer customer, CancellationToken cancellation);

    Task<Customer?> FindAsync(PartyId id, CancellationToken cancellation);

    Task<Customer?> FindByPhoneAsync(string phoneNumber, CancellationToken cancellation);

    /// <summary>Also by an account that lives on a lease of the customer's.</summary>
    Task<Customer?> FindByAccountAsync(AccountId account, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Customer>> ListAsync(PartyId? before, int limit, CancellationToken cancellation);

    /// <summary>Changes group and region.</summary>
    Task SetTraitsAsync(Customer customer, CancellationToken cancellation);

    /// <summary>Changes cap and standing, and puts the command that carries it out into the outbox, in one transaction.</summary>
    Task ChangeAsync(Customer customer, AccountCommand command, DateTimeOffset now, CancellationToken cancellation);
}
