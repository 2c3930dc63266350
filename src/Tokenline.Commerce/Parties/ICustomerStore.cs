using Tokenline.Charging.Accounts;

namespace Tokenline.Commerce.Parties;

/// <summary>Keeps parties and billing accounts.</summary>
public interface ICustomerStore
{
    /// <summary>With its owner, in one transaction. False when the phone number has a customer of this type.</summary>
    /// <param name="owner">Taken where no person is known by the number.</param>
    Task<bool> AddAsync(Customer customer, Individual owner, Membership membership, CancellationToken cancellation);

    Task<Customer?> FindAsync(PartyId id, CancellationToken cancellation);

    /// <summary>The person's own, or where there is none the household's or the organization's that it pays for.</summary>
    Task<Customer?> FindByPhoneAsync(string phoneNumber, CancellationToken cancellation);

    /// <summary>At most one of each type.</summary>
    Task<IReadOnlyList<Customer>> ListByPhoneAsync(string phoneNumber, CancellationToken cancellation);

    /// <summary>Also by an account that lives on a lease of the customer's.</summary>
    Task<Customer?> FindByAccountAsync(AccountId account, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Customer>> ListAsync(PartyId? before, int limit, CancellationToken cancellation);

    /// <summary>Changes group and region.</summary>
    Task SetTraitsAsync(Customer customer, CancellationToken cancellation);

    /// <summary>Changes cap, standing and arrears, and puts the commands that carry it out into the outbox, in this order and in one transaction.</summary>
    Task ChangeAsync(Customer customer, IReadOnlyList<AccountCommand> commands, DateTimeOffset now, CancellationToken cancellation);
}
