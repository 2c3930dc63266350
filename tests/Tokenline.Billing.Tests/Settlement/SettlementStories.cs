namespace Tokenline.Billing.Tests.Settlement;

/// <summary>Months of vendors and channels, to the fen. In every one of them gross = vendor + platform + computing + channel + operator.</summary>
public sealed class SettlementStories
{
    [Fact]
    public Task A_plan_is_divided_among_the_vendors_whose_models_used_its_quota() =>
        MonthStory.PlayAsync(
            """
            terms zhipu share 70 platform 20
            terms alibaba share 60 platform 25
            11-01 sale plan 9.90 to 12-01
            11-01 grant plan/quota 10 general-token product plan to 12-01
            11-12 call c1 glm-5 zhipu 3 plan/quota
            11-13 call c2 qwen3-max alibaba 6 plan/quota
            close 2026-11
            settle 2026-11
            statement 2026-11/vendor/zhipu/CNY
              = glm-5 gross 2.97 vendor 2.07 platform 0.59 computing 0 channel 0 operator 0.31
              = due 2.07 balance 2.07 CNY issued
            statement 2026-11/vendor/alibaba/CNY
              = qwen3-max gross 5.94 vendor 3.56 platform 1.48 computing 0 channel 0 operator 0.9
              = due 3.56 balance 3.56 CNY issued
            books
              = breakage -0.99 CNY
              = carrier_clearing 9.9 CNY
              = operator_income -1.21 CNY
              = platform_income -2.07 CNY
              = vendor_payable:alibaba -3.56 CNY
              = vendor_payable:zhipu -2.07 CNY
            """
        );

    [Fact]
    public Task A_vendor_that_raises_its_price_mid_month_is_owed_each_call_by_the_price_of_its_start() =>
        MonthStory.PlayAsync(
            """
            terms zhipu wholesale platform 10
            11-01 grant payg 100 CNY to 12-01 as Postpaid
            11-05 call c1 glm-5 zhipu 5 payg cost 2.005 CNY version 1
            11-20 call c2 glm-5 zhipu 5 payg cost 3 CNY version 2
            close 2026-11
            settle 2026-11
            statement 2026-11/vendor/zhipu/CNY
              = glm-5 gross 10 vendor 4.51 platform 0.5 computing 0 channel 0 operator 4.99
              = due 4.51 balance 4.51 CNY issued
            """
        );

    [Fact]
    public Task A_vendor_in_another_currency_is_owed_and_paid_in_its_own() =>
        MonthStory.PlayAsync(
            """
            terms openai wholesale platform 10
            11-01 grant payg 1000 CNY to 12-01 as Postpaid
            11-05 call c1 gpt-5 openai 100 payg cost 10 USD
            close 2026-11
            settle 2026-11 rate USD 7
            statement 2026-11/vendor/openai/USD
              = gpt-5 gross 100 vendor 63 platform 7 computing 0 channel 0 operator 30
              = due 9 balance 9 USD issued
            books
              = exchange -63 CNY
              = exchange 9 USD
              = operator_income -30 CNY
              = platform_income -7 CNY
              = receivable:ann 100 CNY
              = vendor_payable:openai -9 USD
            confirm 2026-11/vendor/openai/USD
            payout 2026-11/vendor/openai/USD at 12-10
            books
              = bank -9 USD
              = exchange -63 CNY
              = exchange 9 USD
              = operator_income -30 CNY
              = platform_income -7 CNY
              = receivable:ann 100 CNY
            """
        );

    [Fact]
    public Task Computing_on_the_operators_own_machines_and_a_stall_are_the_vendors_to_bear_and_a_negative_balance_is_carried() =>
        MonthStory.PlayAsync(
            """
            terms zhipu share 70 platform 20 fixed 5 computing 1 hosted glm-5@zhipu
            11-01 grant payg 100 CNY to 12-01 as Postpaid
            11-05 call c1 glm-5 zhipu 4 payg tokens 1999900
            close 2026-11
            settle 2026-11
            # 2,000,000 tokens at 1 a million, and one listing
            statement 2026-11/vendor/zhipu/CNY
              = glm-5 gross 4 vendor 0.8 platform 0.8 computing 2 channel 0 operator 0.4
              = listing gross 0 vendor -5 platform 5 computing 0 channel 0 operator 0
              = due -4.2 balance -4.2 CNY issued
            confirm 2026-11/vendor/zhipu/CNY
            payout 2026-11/vendor/zhipu/CNY at 12-02
            statement 2026-11/vendor/zhipu/CNY
              = glm-5 gross 4 vendor 0.8 platform 0.8 computing 2 channel 0 operator 0.4
              = listing gross 0 vendor -5 platform 5 computing 0 channel 0 operator 0
              = due -4.2 balance -4.2 CNY paid
            12-05 grant december 100 CNY to 2027-01-01 as Postpaid
            12-05 call c2 glm-5 zhipu 20 december tokens 999900
            close 2026-12 at 2027-01-01
            settle 2026-12
            statement 2026-12/vendor/zhipu/CNY
              = glm-5 gross 20 vendor 13 platform 4 computing 1 channel 0 operator 2
              = listing gross 0 vendor -5 platform 5 computing 0 channel 0 operator 0
              = due 8 carried -4.2 balance 3.8 CNY issued
            confirm 2026-12/vendor/zhipu/CNY
            payout 2026-12/vendor/zhipu/CNY at 2027-01-05
            books
              = bank -3.8 CNY
              = computing_income -3 CNY
              = operator_income -2.4 CNY
              = platform_income -14.8 CNY
              = receivable:ann 24 CNY
            """
        );

    [Fact]
    public Task A_channel_has_its_share_of_what_it_sold_until_it_loses_its_contract() =>
        MonthStory.PlayAsync(
            """
            terms zhipu share 70 platform 20
            channel shop share 5 from 2026-11 until 2026-11
            11-01 sale plan 10 to 2027-01-01 channel shop
            11-01 grant plan/quota 10 general-token product plan to 2027-01-01
            11-12 call c1 glm-5 zhipu 4 plan/quota
            close 2026-11
            settle 2026-11
            statement 2026-11/vendor/zhipu/CNY
              = glm-5 gross 4 vendor 2.8 platform 0.8 computing 0 channel 0.2 operator 0.2
              = due 2.8 balance 2.8 CNY issued
            statement 2026-11/channel/shop/CNY
              = glm-5 gross 0.2 vendor 0 platform 0 computing 0 channel 0.2 operator 0
              = due 0.2 balance 0.2 CNY issued
            12-12 call c2 glm-5 zhipu 4 plan/quota
            close 2026-12 at 2027-01-01
            settle 2026-12
            statement 2026-12/vendor/zhipu/CNY
              = glm-5 gross 4 vendor 2.8 platform 0.8 computing 0 channel 0 operator 0.4
              = due 2.8 balance 2.8 CNY issued
            """
        );

    [Fact]
    public Task A_disputed_statement_is_resolved_by_an_adjustment_and_is_confirmed_once() =>
        MonthStory.PlayAsync(
            """
            terms zhipu share 70
            11-01 grant payg 100 CNY to 12-01 as Postpaid
            11-05 call c1 glm-5 zhipu 10 payg
            close 2026-11
            settle 2026-11
            payout 2026-11/vendor/zhipu/CNY at 12-02 !wrong_state
            dispute 2026-11/vendor/zhipu/CNY
            confirm 2026-11/vendor/zhipu/CNY !wrong_state
            resolve 2026-11/vendor/zhipu/CNY 1 USD at 12-05 !invalid_request_error
            resolve 2026-11/vendor/zhipu/CNY 0.001 CNY at 12-05 !invalid_request_error
            resolve 2026-11/vendor/zhipu/CNY 0.50 CNY at 12-05
            confirm 2026-11/vendor/zhipu/CNY
            confirm 2026-11/vendor/zhipu/CNY !wrong_state
            payout 2026-11/vendor/zhipu/CNY at 12-06
            payout 2026-11/vendor/zhipu/CNY at 12-06 !wrong_state
            statement 2026-11/vendor/zhipu/CNY
              = glm-5 gross 10 vendor 7 platform 0 computing 0 channel 0 operator 3
              = due 7 balance 7.5 CNY paid
            books
              = bank -7.5 CNY
              = operator_income -2.5 CNY
              = receivable:ann 10 CNY
            """
        );

    [Fact]
    public Task A_refund_after_the_settlement_comes_off_the_next() =>
        MonthStory.PlayAsync(
            """
            terms zhipu share 70 platform 20
            11-01 grant payg 100 CNY to 12-01 as Postpaid
            11-05 call c1 glm-5 zhipu 10 payg
            close 2026-11
            settle 2026-11
            confirm 2026-11/vendor/zhipu/CNY
            payout 2026-11/vendor/zhipu/CNY at 12-02
            12-10 giveback c1 50%
            close 2026-12 at 2027-01-01
            settle 2026-12
            statement 2026-12/vendor/zhipu/CNY
              = glm-5 gross -5 vendor -3.5 platform -1 computing 0 channel 0 operator -0.5
              = due -3.5 balance -3.5 CNY issued
            close 2027-01
            settle 2027-01
            # January had nothing of the vendor's, and still it owes
            statement 2027-01/vendor/zhipu/CNY
              = due 0 carried -3.5 balance -3.5 CNY issued
            dispute 2026-12/vendor/zhipu/CNY !wrong_state
            """
        );

    [Fact]
    public Task What_no_call_earned_is_divided_between_operator_and_channel() =>
        MonthStory.PlayAsync(
            """
            channel shop share 10 from 2026-11
            11-16 sale plan 30 to 12-16 channel shop
            11-16 grant plan/16 10 general-token product plan to 11-17 refill
            close 2026-11
            settle 2026-11
            statement 2026-11/operator//CNY
              = listing gross 15 vendor 0 platform 0 computing 0 channel 1.5 operator 13.5
              = due 0 balance 0 CNY issued
            confirm 2026-11/operator//CNY !wrong_state
            """
        );

    [Fact]
    public Task Terms_promise_no_more_than_there_is_and_do_not_reach_back() =>
        MonthStory.PlayAsync(
            """
            terms zhipu share 70 platform 30.0001 !invalid_request_error
            terms zhipu share 70.00001 !invalid_request_error
            terms zhipu wholesale share 70 !invalid_request_error
            terms zhipu share 70 platform 28
            channel shop share 5 from 2026-11
            11-01 sale plan 10 to 12-01 channel shop
            11-01 grant plan/quota 10 general-token product plan to 12-01
            11-12 call c1 glm-5 zhipu 4 plan/quota
            settle 2026-11 !wrong_state
            close 2026-11
            # 70 + 28 + 5 percent
            settle 2026-11 !wrong_state
            terms zhipu share 70 platform 25
            settle 2026-11
            terms zhipu share 60 platform 25 !wrong_state
            """
        );
}
