// Made from docs/openapi.json by `npm run schema`.
export interface paths {
    "/api/agreements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Your agreements
         * @description Final terms, terminations and novations that name you, newest first.
         */
        get: operations["agreements_listed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/agreements/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One agreement
         * @description Whom it concerns, what is signed, and what it means for you.
         */
        get: operations["agreements_one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/agreements/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve
         * @description By signature, by a contract wallet's word, or on the chain. The same again is the same answer.
         */
        post: operations["agreements_approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/agreements/{id}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decline
         * @description For all of its parties, for ever. A signature that others hold is void only once it is revoked on the chain.
         */
        post: operations["agreements_decline"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/agreements/{id}/preflight": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What stands between it and the chain
         * @description Every problem at once, who must do what, what is collected, and what an ending pays. Nothing is changed.
         */
        get: operations["agreements_preflight"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/documents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What there is about a forward
         * @description A party's list; for a former one, what was its own.
         */
        get: operations["documents_listed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/documents/{forward}/{kind}.{form}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A document
         * @description The same forward, the same state, the same bytes.
         */
        get: operations["documents_one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/documents/ledger.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All entries of your books
         * @description Bookings, fees, endings and novations of every forward of this desk, deposits and withdrawals.
         */
        get: operations["documents_ledger"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/funds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Your money
         * @description Read anew each time.
         */
        get: operations["funds_found"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/market": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The market at a glance
         * @description Contracts, booked volume, what is open, settled and ended early, and the roadmap's gates.
         */
        get: operations["market_overview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/market/curve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An underlying's forward curve
         * @description Indicative prices of every offered tenor on the newest fixing, how weak their evidence is, and a stress curve.
         */
        get: operations["market_curve"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/market/fixings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An underlying's fixings
         * @description Between two UTC days, newest first.
         */
        get: operations["market_fixings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/market/gates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The roadmap's gates
         * @description 30 simultaneous positions and 5 settlements without dispute, counted from the chain's events.
         */
        get: operations["market_gates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/market/open-interest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open interest
         * @description Forwards that are booked and did not end, by underlying and maturity.
         */
        get: operations["market_open_interest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/market/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open requests, anonymous
         * @description Checked requests that wait for a counterpart; those that are alike are told as one.
         */
        get: operations["market_open_requests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/market/settlements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Settled forwards
         * @description Paid out at their settlement price, newest first.
         */
        get: operations["market_settlements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/market/underlyings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What forwards are made on
         * @description The oracle's list with lots and newest fixings.
         */
        get: operations["market_underlyings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/market/volume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Booked volume
         * @description Everything that was ever booked, by month and underlying.
         */
        get: operations["market_volume"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Your notices
         * @description What you were told by every channel, newest first.
         */
        get: operations["notices_listed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notices/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a notice once more
         * @description Under its id, by its channel, to where your profile says now; a webhook that was off is on again.
         */
        post: operations["notices_replay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/matches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What could be matched
         * @description Computed now, on the newest fixings; nothing is kept.
         */
        get: operations["operator_proposed"];
        put?: never;
        /**
         * Confirm a match
         * @description Final terms go to both sides; what is left of the larger request stays open.
         */
        post: operations["operator_confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everybody's requests
         * @description Newest first; drafts are their authors' alone.
         */
        get: operations["operator_listed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/requests/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One request
         * @description Anybody's.
         */
        get: operations["operator_one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/requests/{id}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a request be matched
         * @description After looking at it.
         */
        post: operations["operator_check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/requests/{id}/no-matches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Why a request has no counterpart
         * @description Every other open request of its underlying, with the reason.
         */
        get: operations["operator_no_matches"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/requests/{id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say no to a request
         * @description With the reason.
         */
        post: operations["operator_reject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/participants/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Your profile
         * @description Nobody else reads more of it than the name.
         */
        get: operations["participants_me"];
        /**
         * Change your profile
         * @description The whole profile. A new webhook gets a new secret; a new address gets a code by mail, and an old one that was
         *     confirmed is told that it is out.
         */
        put: operations["participants_change"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/participants/me/email/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have another code mailed
         * @description To the address of your profile; the code before is void. Once a minute, six in a day.
         */
        post: operations["participants_send_code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/participants/me/email/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm your e-mail address
         * @description By the code that was mailed there: it holds for an hour, once, and five wrong ones end it.
         */
        post: operations["participants_confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/positions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Your positions
         * @description Every forward in which you are or were a side, whoever booked it, by the escrow's own records.
         */
        get: operations["positions_listed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/positions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One position
         * @description One of your own.
         */
        get: operations["positions_one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/positions/{id}/novation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Propose a newcomer
         * @description All three approve it; leaving is for ever, and the prefunding stays where it is.
         */
        post: operations["positions_novate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/positions/{id}/termination": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Propose an early end
         * @description Both sides approve it as they did the terms; before maturity only.
         */
        post: operations["positions_terminate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Your requests
         * @description Newest first.
         */
        get: operations["requests_listed"];
        put?: never;
        /**
         * Write a request
         * @description A draft, or with `submit` one that the operator sees at once.
         */
        post: operations["requests_write"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/requests/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One request
         * @description One of your own.
         */
        get: operations["requests_one"];
        /**
         * Rewrite a draft
         * @description The whole of it, as if it were written anew under its id; what was handed in is withdrawn instead.
         */
        put: operations["requests_rewrite"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/requests/{id}/submit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hand a draft in
         * @description The operator looks at it next.
         */
        post: operations["requests_submit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/requests/{id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a request back
         * @description As long as no terms wait for approval.
         */
        post: operations["requests_withdraw"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is signed in
         * @description The caller's account.
         */
        get: operations["session_whoami"];
        put?: never;
        /**
         * Sign in
         * @description A session for whoever signed. A contract wallet is asked (ERC-1271).
         */
        post: operations["session_sign_in"];
        /**
         * Sign out
         * @description End the session, or with `everywhere` every one of the account.
         */
        delete: operations["session_sign_out"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What to sign
         * @description A message for one sign-in within ten minutes.
         */
        get: operations["session_message"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AgreementOut
         * @description An agreement whole.
         */
        AgreementOut: {
            /**
             * Created At
             * @description Unix seconds UTC.
             */
            created_at: number;
            /**
             * Deadline
             * @description Last second at which it can be executed, unix seconds UTC.
             */
            deadline: number;
            /**
             * Deadline Utc
             * @description The same as ISO 8601.
             */
            deadline_utc: string;
            /**
             * Digest
             * @description What is signed.
             */
            digest: string;
            digests: components["schemas"]["Digests"];
            /**
             * Final At
             * @description When the chain's finalized block was seen to have it.
             */
            final_at: number | null;
            /**
             * Forward
             * @description Id of the forward that it books or ends.
             */
            forward: string;
            /**
             * Forward Terms
             * @description For a termination or novation: the forward's terms as signed, whose digest is `forward`; null for terms, and where another desk made them.
             */
            forward_terms: {
                [key: string]: number | string;
            } | null;
            /**
             * Id
             * @description An id of the desk.
             */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "terms" | "termination" | "novation";
            /**
             * Message
             * @description As signed, with the SDK's field names: integers, micro-USDT.
             */
            message: {
                [key: string]: number | string;
            };
            /** Parties */
            parties: components["schemas"]["PartyOut"][];
            /**
             * Reason
             * @description Why it came to nothing, or what it waits for; else empty.
             */
            reason: string;
            /**
             * Role
             * @description The caller's.
             * @enum {string}
             */
            role: "long" | "short" | "outgoing" | "incoming" | "remaining";
            state: components["schemas"]["AgreementState"];
            /** @description In money, for the caller; null for a termination or a novation. */
            terms: components["schemas"]["TermsOut"] | null;
            /**
             * Tx Hash
             * @description The transaction that executed it; else empty.
             */
            tx_hash: string;
            typed_data: components["schemas"]["TypedData"];
            /**
             * Updated At
             * @description Unix seconds UTC.
             */
            updated_at: number;
        };
        /**
         * AgreementPage
         * @description A page of agreements, newest first.
         */
        AgreementPage: {
            /** Items */
            items: components["schemas"]["AgreementSummary"][];
            /**
             * Next
             * @description Give it as `after` for the next page; null on the last one.
             */
            next: string | null;
        };
        /**
         * AgreementState
         * @description Where a message that parties approve stands: terms, a termination or a novation.
         * @enum {string}
         */
        AgreementState: "sent" | "approved" | "done" | "expired" | "declined" | "failed";
        /**
         * AgreementSummary
         * @description An agreement in a list.
         */
        AgreementSummary: {
            /**
             * Created At
             * @description Unix seconds UTC.
             */
            created_at: number;
            /**
             * Deadline
             * @description Last second at which it can be executed, unix seconds UTC.
             */
            deadline: number;
            /**
             * Deadline Utc
             * @description The same as ISO 8601.
             */
            deadline_utc: string;
            /**
             * Digest
             * @description What is signed.
             */
            digest: string;
            /**
             * Final At
             * @description When the chain's finalized block was seen to have it.
             */
            final_at: number | null;
            /**
             * Forward
             * @description Id of the forward that it books or ends.
             */
            forward: string;
            /**
             * Id
             * @description An id of the desk.
             */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "terms" | "termination" | "novation";
            /**
             * Reason
             * @description Why it came to nothing, or what it waits for; else empty.
             */
            reason: string;
            state: components["schemas"]["AgreementState"];
            /**
             * Tx Hash
             * @description The transaction that executed it; else empty.
             */
            tx_hash: string;
            /**
             * Updated At
             * @description Unix seconds UTC.
             */
            updated_at: number;
        };
        /**
         * ApprovalIn
         * @description An approval by the account that is signed in.
         */
        ApprovalIn: {
            /**
             * Approval
             * @description The EIP-712 signature (65 bytes), what the caller's contract wallet accepts (ERC-1271, up to 2,048 bytes, 0x where it approved inside), or `onchain` where the wallet sent its approval to the escrow.
             */
            approval: string;
        };
        /**
         * AsOfOut
         * @description Which state of the chain an answer tells.
         */
        AsOfOut: {
            /**
             * Block
             * @description The last block that is read.
             */
            block: number;
            /**
             * Final Block
             * @description The last block that can no longer be undone; null where the node does not say.
             */
            final_block: number | null;
            /**
             * Hash
             * @description Its hash.
             */
            hash: string;
            /**
             * Time
             * @description Its time, unix seconds UTC.
             */
            time: number;
        };
        /**
         * BandOut
         * @description An indicative price and what the evidence leaves possible (95%). Null where the tick gives none.
         */
        BandOut: {
            /**
             * High
             * @description With the lowest.
             */
            high: string | null;
            /**
             * Low
             * @description With the highest rate of repricings that the evidence leaves possible.
             */
            low: string | null;
            /**
             * Price
             * @description F_ind, USD per Mtok.
             */
            price: string | null;
        };
        /**
         * CodeIn
         * @description What the mail says.
         */
        CodeIn: {
            /**
             * Code
             * @description Twelve letters and digits; hyphens, spaces and case make no difference.
             */
            code: string;
        };
        /**
         * Confirmation
         * @description A proposed match as the operator saw it; it is refused if it is another one by now.
         */
        Confirmation: {
            /**
             * Long
             * @description An id of the desk.
             */
            long: string;
            /**
             * Price
             * @description USD per 1,000,000 output tokens (Mtok), at most 6 decimals.
             * @example 7.45
             */
            price: string;
            /**
             * Quantity
             * @description Mtok.
             */
            quantity: number;
            /**
             * Short
             * @description An id of the desk.
             */
            short: string;
        };
        /**
         * Confirmed
         * @description Final terms that were sent.
         */
        Confirmed: {
            /**
             * Agreement
             * @description An id of the desk.
             */
            agreement: string;
            /**
             * Deadline
             * @description Last second at which they can be booked, unix seconds UTC.
             */
            deadline: number;
            /**
             * Digest
             * @description What both sides sign; the forward's id.
             */
            digest: string;
            state: components["schemas"]["AgreementState"];
        };
        /**
         * CurveOut
         * @description The indicative curve on the newest fixing. Published, never binding.
         */
        CurveOut: {
            /** @description Everything in the answer is as of this block. */
            as_of: components["schemas"]["AsOfOut"];
            /**
             * Calibration
             * @description Of F_ind and the fee.
             * @default CAL-mid-1
             */
            calibration: string;
            /**
             * Date
             * @description The UTC day of the fixing; null where there is none.
             */
            date: string | null;
            /**
             * Spot
             * @description The fixing, USD per Mtok.
             */
            spot: string | null;
            /**
             * Stress Calibration
             * @description Of the stress curve.
             * @default CAL-series-1
             */
            stress_calibration: string;
            /**
             * Tenors
             * @description Shortest first; empty without a positive fixing.
             */
            tenors: components["schemas"]["TenorOut"][];
            /**
             * Underlying
             * @description `provider/model-id`.
             */
            underlying: string;
        };
        /**
         * DeploymentOut
         * @description Where the contracts are: enough to read everything here from the chain oneself.
         */
        DeploymentOut: {
            /**
             * Block
             * @description No event of theirs is older.
             */
            block: number;
            /**
             * Chain Id
             * @description The chain's id.
             */
            chain_id: number;
            /**
             * Commit
             * @description The source's commit, where it is known.
             */
            commit: string | null;
            /**
             * Escrow
             * @description The ForwardEscrow, checksummed.
             */
            escrow: string;
            /**
             * Network
             * @description Its name.
             */
            network: string;
            /**
             * Oracle
             * @description The FixingOracle, checksummed.
             */
            oracle: string;
            /**
             * Timelock
             * @description The Timelock that owns both, checksummed.
             */
            timelock: string;
            /**
             * Token
             * @description USDT, checksummed.
             */
            token: string;
        };
        /**
         * Digests
         * @description What a wallet shows: compare it on a second device. Each is 0x and 64 digits.
         */
        Digests: {
            /**
             * Domain Separator
             * @description Of the escrow's EIP-712 domain.
             */
            domain_separator: string;
            /**
             * Id
             * @description The digest that is signed; for terms the forward's id.
             */
            id: string;
            /**
             * Message Hash
             * @description EIP-712 hashStruct of the message.
             */
            message_hash: string;
            /**
             * Safe Message Hash
             * @description What the owners sign where the caller's account is a Safe.
             */
            safe_message_hash: string;
        };
        /**
         * DocumentList
         * @description What there is about a forward now.
         */
        DocumentList: {
            /**
             * Forward
             * @description Its id.
             */
            forward: string;
            /**
             * Items
             * @description What can be fetched now.
             */
            items: components["schemas"]["DocumentOut"][];
        };
        /**
         * DocumentOut
         * @description One file.
         */
        DocumentOut: {
            /** @description Its format. */
            form: components["schemas"]["Form"];
            /** @description What it is. */
            kind: components["schemas"]["Kind"];
            /**
             * Url
             * @description Where it is.
             */
            url: string;
        };
        /**
         * EndOut
         * @description How it was paid out.
         */
        EndOut: {
            /**
             * Kind
             * @enum {string}
             */
            kind: "settled" | "terminated";
            /**
             * Long Payout
             * @description USDT.
             */
            long_payout: string;
            /**
             * Price
             * @description F_ref, or the price that both sides agreed on.
             * @example 7.45
             */
            price: string;
            /**
             * Short Payout
             * @description USDT.
             */
            short_payout: string;
            /** Tx Hash */
            tx_hash: string;
        };
        /**
         * FixingOut
         * @description The fixing of one day: final by the oracle's rule once its block is.
         */
        FixingOut: {
            /**
             * Block Number
             * @description The block it was posted in.
             */
            block_number: number;
            /**
             * Date
             * @description The UTC day, YYYY-MM-DD.
             */
            date: string;
            /**
             * Final
             * @description Whether that block can no longer be undone.
             */
            final: boolean;
            /**
             * Price
             * @description USD per Mtok; zero is a price.
             */
            price: string;
            /**
             * Signers
             * @description How many nodes signed what was posted.
             */
            signers: number;
            /**
             * Tx Hash
             * @description The transaction that posted it.
             */
            tx_hash: string;
        };
        /**
         * FixingsOut
         * @description A page of an underlying's history.
         */
        FixingsOut: {
            /** @description Everything in the answer is as of this block. */
            as_of: components["schemas"]["AsOfOut"];
            /**
             * Items
             * @description Newest first; a day without one was not fixed.
             */
            items: components["schemas"]["FixingOut"][];
            /**
             * Next To
             * @description Ask with this `to` for the page before; null where there is none.
             */
            next_to: string | null;
            /**
             * Underlying
             * @description `provider/model-id`.
             */
            underlying: string;
        };
        /**
         * Form
         * @description As what.
         * @enum {string}
         */
        Form: "pdf" | "json" | "csv" | "ics";
        /**
         * FundsOut
         * @description The caller's USDT as of a block: free on the escrow, in its wallet, locked in forwards.
         */
        FundsOut: {
            /**
             * Allowed
             * @description What the escrow may collect from that wallet, USDT.
             */
            allowed: string;
            /**
             * Block
             * @description The block that it was read at.
             */
            block: number;
            /**
             * Free
             * @description Free balance on the escrow, USDT: withdrawable at any time.
             */
            free: string;
            /**
             * Is Contract
             * @description Whether code stands at the account: a Safe, or a key that delegates.
             */
            is_contract: boolean;
            /**
             * Locked
             * @description Prefunding of its active forwards, USDT.
             */
            locked: string;
            /**
             * Wallet
             * @description In its own wallet, USDT.
             */
            wallet: string;
        };
        /**
         * GateOut
         * @description A count that the roadmap asks for before its next stage.
         */
        GateOut: {
            /**
             * Count
             * @description As of the last block that is read.
             */
            count: number;
            /**
             * Final
             * @description `highest` as of the final block; null where none is known.
             */
            final: number | null;
            /**
             * Highest
             * @description The most at once so far; of settlements the same as `count`.
             */
            highest: number;
            /**
             * Name
             * @description `simultaneous_positions` or `settlements_without_dispute`.
             */
            name: string;
            /**
             * Needed
             * @description What is asked for.
             */
            needed: number;
            /**
             * Reached
             * @description Whether it was reached in a block that cannot be undone.
             */
            reached: boolean;
        };
        /**
         * GatesOut
         * @description The roadmap's gates, counted from the chain's events.
         */
        GatesOut: {
            /** @description Everything in the answer is as of this block. */
            as_of: components["schemas"]["AsOfOut"];
            /**
             * Items
             * @description The counts of the roadmap's first stage.
             */
            items: components["schemas"]["GateOut"][];
        };
        /**
         * InterestOut
         * @description Open forwards of one underlying and one maturity.
         */
        InterestOut: {
            /**
             * Forwards
             * @description How many.
             */
            forwards: number;
            /**
             * Matured
             * @description Whether it has come: they wait for their settlement.
             */
            matured: boolean;
            /**
             * Maturity
             * @description 00:00:00 UTC in unix seconds.
             */
            maturity: number;
            /**
             * Notional
             * @description Sum of agreed price times quantity, USD.
             */
            notional: string;
            /**
             * Prefunding
             * @description What both sides locked: the sum of twice spot times quantity, USDT.
             */
            prefunding: string;
            /**
             * Quantity
             * @description Sum of their quantities, Mtok.
             */
            quantity: number;
            /**
             * Underlying
             * @description `provider/model-id`.
             */
            underlying: string;
        };
        /**
         * Kind
         * @description What there is.
         * @enum {string}
         */
        Kind: "confirmation" | "settlement" | "mark" | "memo" | "ledger" | "dates";
        /**
         * LevelOut
         * @description Open requests that are alike, told as one: neither whose they are nor their ids.
         */
        LevelOut: {
            /**
             * Averaging Days
             * @description Days in the settlement price's mean.
             */
            averaging_days: number;
            /**
             * Indicative
             * @description F_ind on the newest fixing; null where there is none.
             */
            indicative: string | null;
            /**
             * Kind
             * @description What it settles at.
             * @enum {string}
             */
            kind: "point" | "average";
            /**
             * Limit Price
             * @description The worst price that they take, USD per Mtok; null: the indicative price on the day of the match.
             */
            limit_price: string | null;
            /**
             * Maturity
             * @description 00:00:00 UTC in unix seconds; with a tenor, where it leads from today.
             */
            maturity: number;
            /**
             * Months
             * @description Tenor in calendar months; null where a day was named.
             */
            months: number | null;
            /**
             * Quantity
             * @description Together, Mtok.
             */
            quantity: number;
            /**
             * Requests
             * @description How many.
             */
            requests: number;
            /**
             * Side
             * @description A long receives when the price rises.
             * @enum {string}
             */
            side: "long" | "short";
            /**
             * Underlying
             * @description `provider/model-id`.
             */
            underlying: string;
        };
        /**
         * MarketOut
         * @description The market at a glance.
         */
        MarketOut: {
            /** @description Everything in the answer is as of this block. */
            as_of: components["schemas"]["AsOfOut"];
            /** @description Everything that was ever booked. */
            booked: components["schemas"]["SumOut"];
            /** @description The contracts behind it. */
            deployment: components["schemas"]["DeploymentOut"];
            /**
             * Gates
             * @description The counts of the roadmap's first stage.
             */
            gates: components["schemas"]["GateOut"][];
            /** @description What is open of it. */
            open: components["schemas"]["SumOut"];
            /** @description What was paid out at its settlement price. */
            settled: components["schemas"]["SumOut"];
            /** @description What was ended before its maturity by both sides. */
            terminated: components["schemas"]["SumOut"];
            /**
             * Underlyings
             * @description How many are listed.
             */
            underlyings: number;
        };
        /**
         * MarkOut
         * @description Were it settled at the newest fixing.
         */
        MarkOut: {
            /**
             * Day
             * @description UTC date of that fixing.
             */
            day: string;
            /**
             * Gain
             * @description USDT above the prefunding; a loss is negative.
             */
            gain: string;
            /**
             * Payout
             * @description USDT that its side would be paid.
             */
            payout: string;
            /**
             * Price
             * @description USD per 1,000,000 output tokens (Mtok), at most 6 decimals.
             * @example 7.45
             */
            price: string;
        };
        /**
         * Message
         * @description What a wallet is to sign.
         */
        Message: {
            /**
             * Message
             * @description An EIP-4361 message; sign it as it is (personal_sign).
             */
            message: string;
        };
        /**
         * MonthOut
         * @description What was booked of one underlying in one month.
         */
        MonthOut: {
            /**
             * Forwards
             * @description How many.
             */
            forwards: number;
            /**
             * Month
             * @description Calendar month of the booking, UTC, YYYY-MM.
             */
            month: string;
            /**
             * Notional
             * @description Sum of agreed price times quantity, USD.
             */
            notional: string;
            /**
             * Prefunding
             * @description What both sides locked: the sum of twice spot times quantity, USDT.
             */
            prefunding: string;
            /**
             * Quantity
             * @description Sum of their quantities, Mtok.
             */
            quantity: number;
            /**
             * Underlying
             * @description `provider/model-id`.
             */
            underlying: string;
        };
        /**
         * NeedOut
         * @description What executing takes from one account, free balance first.
         */
        NeedOut: {
            /**
             * Account
             * @description Checksummed.
             */
            account: string;
            /**
             * Amount
             * @description USDT.
             */
            amount: string;
            /**
             * Role
             * @description Its role in the agreement.
             */
            role: string;
        };
        /**
         * NewestOut
         * @description An underlying's newest fixing.
         */
        NewestOut: {
            /**
             * Date
             * @description The UTC day, YYYY-MM-DD.
             */
            date: string;
            /**
             * Price
             * @description USD per Mtok.
             */
            price: string;
            /**
             * Today
             * @description Whether it is of the UTC day of `as_of`: on an older one nothing is booked.
             */
            today: boolean;
        };
        /**
         * NewRequest
         * @description What a participant asks for.
         */
        NewRequest: {
            /**
             * Averaging Days
             * @description Days in the mean that it settles at, ending with the maturity's; 1 settles on that day alone. With a tenor, more days than it has mean the whole tenor. Terms that average over every day to maturity can be booked on the day that they are sent only: leave 3 days where a wallet needs days to approve.
             * @default 1
             */
            averaging_days: number;
            /**
             * Contact
             * @description For the operator; never shown to the other side.
             * @default
             */
            contact: string;
            /**
             * Limit Price
             * @description The worst price that you take, USD/Mtok; null for the day's indicative price.
             */
            limit_price?: string | null;
            /**
             * Maturity
             * @description The maturity day, 00:00:00 UTC in unix seconds; else give `months`.
             */
            maturity?: number | null;
            /**
             * Months
             * @description Tenor in calendar months from the day of the final terms; else give `maturity`.
             */
            months?: (3 | 6 | 9 | 12) | null;
            /**
             * Quantity
             * @description Mtok, whole lots: 1T tokens are 1000000.
             */
            quantity: number;
            /**
             * Side
             * @description `long` receives when the price rises, `short` when it falls.
             * @enum {string}
             */
            side: "long" | "short";
            /**
             * Submit
             * @description True: hand it in at once; false: keep a draft.
             * @default false
             */
            submit: boolean;
            /**
             * Underlying
             * @description `provider/model-id`.
             * @example openai/gpt-4.1
             */
            underlying: string;
            /**
             * Valid Until
             * @description Last second of its validity, unix seconds UTC, at most 90 days ahead.
             */
            valid_until: number;
        };
        /**
         * NoMatch
         * @description Another request of the same underlying, and whether it fits.
         */
        NoMatch: {
            /**
             * Reason
             * @description Why they do not fit; null where they do.
             */
            reason: string | null;
            request: components["schemas"]["OpenRequestOut"];
        };
        /**
         * NoMatches
         * @description Why a request has no counterpart, one by one.
         */
        NoMatches: {
            /** Items */
            items: components["schemas"]["NoMatch"][];
            /**
             * Left Off
             * @description How many more there are.
             */
            left_off: number;
        };
        /**
         * NoticeOut
         * @description One notice by one channel.
         */
        NoticeOut: {
            /**
             * Agreement
             * @description The agreement that it is about.
             */
            agreement: string | null;
            /**
             * Channel
             * @description `page`, `email` or `webhook`.
             */
            channel: string;
            /**
             * Created At
             * @description Unix seconds UTC.
             */
            created_at: number;
            /**
             * Delivered At
             * @description Unix seconds UTC; null while it is not.
             */
            delivered_at: number | null;
            /**
             * Failure
             * @description Why the last try failed; empty where it did not.
             */
            failure: string;
            /**
             * Forward
             * @description The forward that it is about.
             */
            forward: string | null;
            /**
             * Id
             * @description Its id: `webhook-id`, and the Message-ID's first part; the same for every try.
             */
            id: string;
            /**
             * Next
             * @description What to do next.
             */
            next: string;
            /**
             * Next Try At
             * @description Unix seconds UTC; null where it is delivered or given up.
             */
            next_try_at: number | null;
            /**
             * Request
             * @description The request that it is about.
             */
            request: string | null;
            /**
             * Text
             * @description What happened.
             */
            text: string;
            /**
             * Title
             * @description One line.
             */
            title: string;
            /**
             * Tries
             * @description How often it was sent, or tried.
             */
            tries: number;
            /**
             * Type
             * @description What happened, such as `agreement.sent`.
             */
            type: string;
            /** @description Until when; null where no time presses. */
            until: components["schemas"]["UntilOut"] | null;
        };
        /**
         * NoticePage
         * @description Some of them.
         */
        NoticePage: {
            /**
             * Items
             * @description Newest first.
             */
            items: components["schemas"]["NoticeOut"][];
            /**
             * Next
             * @description `after` of the next page; null on the last one.
             */
            next: string | null;
        };
        /**
         * NovationIn
         * @description A newcomer in one side's place.
         */
        NovationIn: {
            /**
             * Hours
             * @description How long it can be executed; a day where none is given, three with a contract.
             */
            hours?: number | null;
            /**
             * Incoming
             * @description Who enters.
             */
            incoming: string;
            /**
             * Outgoing
             * @description The side that leaves; the caller's by default.
             */
            outgoing?: ("long" | "short") | null;
            /**
             * Payment
             * @description What the incoming pays to the one that leaves, USDT.
             * @example 1250.00
             */
            payment: string;
        };
        /**
         * OpenInterestOut
         * @description Open interest.
         */
        OpenInterestOut: {
            /** @description Everything in the answer is as of this block. */
            as_of: components["schemas"]["AsOfOut"];
            /**
             * Items
             * @description By underlying and maturity.
             */
            items: components["schemas"]["InterestOut"][];
            /** @description All of it. */
            total: components["schemas"]["SumOut"];
        };
        /**
         * OpenRequestOut
         * @description A request as it stands on the newest fixing.
         */
        OpenRequestOut: {
            /**
             * Account
             * @description Its author's, checksummed.
             */
            account: string;
            /**
             * Averaging Days
             * @description Today.
             */
            averaging_days: number;
            /**
             * Id
             * @description An id of the desk.
             */
            id: string;
            /**
             * Limit
             * @description As it counts today; null where there is no indicative price.
             */
            limit: string | null;
            /**
             * Maturity
             * @description 00:00:00 UTC of its day today, unix seconds.
             */
            maturity: number;
            /**
             * Quantity
             * @description Mtok.
             */
            quantity: number;
            /**
             * Side
             * @enum {string}
             */
            side: "long" | "short";
        };
        /**
         * OpenRequestsOut
         * @description Anonymous open requests.
         */
        OpenRequestsOut: {
            /** @description Everything in the answer is as of this block. */
            as_of: components["schemas"]["AsOfOut"];
            /**
             * Complete
             * @description False where there are more: ask for one underlying.
             */
            complete: boolean;
            /**
             * Items
             * @description By underlying, maturity, payoff and side, the best limit first.
             */
            items: components["schemas"]["LevelOut"][];
        };
        /**
         * OperatorRequest
         * @description A request as the operator reads it.
         */
        OperatorRequest: {
            /**
             * Account
             * @description Its author's, checksummed.
             */
            account: string;
            /**
             * Agreement
             * @description The newest agreement made for it.
             */
            agreement: string | null;
            /**
             * Averaging Days
             * @description As asked for.
             */
            averaging_days: number;
            /**
             * Contact
             * @description For the operator.
             */
            contact: string;
            /**
             * Created At
             * @description Unix seconds UTC; decides between equal prices.
             */
            created_at: number;
            /**
             * Family
             * @description The request that it was a part of at first; its own id if none.
             */
            family: string;
            /**
             * Id
             * @description An id of the desk.
             */
            id: string;
            /**
             * Limit Price
             * @description Null: at the day's indicative price.
             */
            limit_price: string | null;
            /**
             * Maturity
             * @description That day, or where the tenor led when the request was last written.
             */
            maturity: number;
            /**
             * Months
             * @description Tenor from the day of the final terms; null where a day is named.
             */
            months: number | null;
            /**
             * Name
             * @description Its author's legal name; may be empty.
             */
            name: string;
            /**
             * Parent
             * @description The request whose remainder it is.
             */
            parent: string | null;
            /**
             * Quantity
             * @description Mtok. A matched part keeps the id; the rest is a new request.
             */
            quantity: number;
            /**
             * Reason
             * @description Why it was rejected or came back; else empty.
             */
            reason: string;
            /**
             * Side
             * @enum {string}
             */
            side: "long" | "short";
            state: components["schemas"]["RequestState"];
            /**
             * Underlying
             * @description `provider/model-id`.
             * @example openai/gpt-4.1
             */
            underlying: string;
            /**
             * Updated At
             * @description Unix seconds UTC.
             */
            updated_at: number;
            /**
             * Valid Until
             * @description Last second of its validity, unix seconds UTC.
             */
            valid_until: number;
        };
        /**
         * OperatorRequestPage
         * @description A page of everybody's requests, newest first.
         */
        OperatorRequestPage: {
            /** Items */
            items: components["schemas"]["OperatorRequest"][];
            /**
             * Next
             * @description Give it as `after` for the next page; null on the last one.
             */
            next: string | null;
        };
        /**
         * PartyOut
         * @description One account that an agreement concerns.
         */
        PartyOut: {
            /**
             * Account
             * @description Checksummed.
             */
            account: string;
            /** Approved */
            approved: boolean;
            /**
             * Approved At
             * @description Unix seconds UTC.
             */
            approved_at: number | null;
            /**
             * Method
             * @description How it approved; empty while it has not.
             * @enum {string}
             */
            method: "" | "signature" | "onchain";
            /**
             * Name
             * @description Legal name, as it was when the parties were told it; may be empty.
             */
            name: string;
            /**
             * Role
             * @enum {string}
             */
            role: "long" | "short" | "outgoing" | "incoming" | "remaining";
        };
        /**
         * PayoffPointOut
         * @description What the caller gets at one settlement price.
         */
        PayoffPointOut: {
            /**
             * Payoff
             * @description USDT; a loss is negative.
             */
            payoff: string;
            /**
             * Payout
             * @description USDT that settlement pays: prefunding and payoff.
             */
            payout: string;
            /**
             * Settlement
             * @description USD per 1,000,000 output tokens (Mtok), at most 6 decimals.
             * @example 7.45
             */
            settlement: string;
        };
        /**
         * PositionList
         * @description All of them.
         */
        PositionList: {
            /**
             * Items
             * @description Newest first.
             */
            items: components["schemas"]["PositionOut"][];
        };
        /**
         * PositionOut
         * @description The caller's part in a booked forward, by the escrow's own record.
         */
        PositionOut: {
            /** Averaging Days */
            averaging_days: number;
            /**
             * Block
             * @description The block of the booking.
             */
            block: number;
            /** @description Null while it is active. */
            end: components["schemas"]["EndOut"] | null;
            /**
             * Entered
             * @description The transaction by which the caller came later; null from the booking on.
             */
            entered: string | null;
            /**
             * Id
             * @description The forward's, 0x and 64 digits.
             */
            id: string;
            /**
             * Indicative
             * @description F_ind, on which the fee was charged.
             * @example 7.45
             */
            indicative: string;
            /**
             * Is Final
             * @description Whether the chain can no longer undo the booking.
             */
            is_final: boolean;
            /**
             * Left
             * @description The transaction by which the caller left; null where it did not.
             */
            left: string | null;
            /**
             * Long
             * @description The long now, checksummed.
             */
            long: string;
            /** @description Null once it was paid out or left. */
            mark: components["schemas"]["MarkOut"] | null;
            /**
             * Maturity
             * @description Unix seconds UTC.
             */
            maturity: number;
            /**
             * Maturity Utc
             * @description The same as ISO 8601.
             */
            maturity_utc: string;
            /**
             * Prefunding
             * @description B, USDT: what each side locked.
             */
            prefunding: string;
            /**
             * Price
             * @description F.
             * @example 7.45
             */
            price: string;
            /**
             * Quantity
             * @description N, Mtok.
             */
            quantity: number;
            /**
             * Short
             * @description The short now, checksummed.
             */
            short: string;
            /**
             * Side
             * @description On which the caller stands or stood.
             * @enum {string}
             */
            side: "long" | "short";
            /**
             * Spot
             * @description S0.
             * @example 7.45
             */
            spot: string;
            /**
             * Status
             * @enum {string}
             */
            status: "active" | "settled" | "terminated";
            /**
             * Tx Hash
             * @description The transaction that booked it.
             */
            tx_hash: string;
            /**
             * Underlying
             * @description `provider/model-id`.
             * @example openai/gpt-4.1
             */
            underlying: string;
        };
        /**
         * PreflightOut
         * @description What stands between an agreement and the chain, all at once.
         */
        PreflightOut: {
            /**
             * Effects
             * @description For a termination or novation, in USDT: payouts, and the payer's worst case; negative is a loss.
             */
            effects: {
                [key: string]: string;
            };
            /**
             * Needs
             * @description What executing collects.
             */
            needs: components["schemas"]["NeedOut"][];
            /**
             * Problems
             * @description Empty where nothing but approvals is missing.
             */
            problems: components["schemas"]["ProblemOut"][];
        };
        /**
         * ProblemOut
         * @description One thing that must change.
         */
        ProblemOut: {
            /**
             * Code
             * @description Its kind: `funds`, `allowance`, `pause`, `spot`, `fixing`, `listing`, ...
             */
            code: string;
            /**
             * Cure
             * @description What to do.
             */
            cure: string;
            /**
             * What
             * @description What is wrong.
             */
            what: string;
            /**
             * Who
             * @description Who must act: a role, or `desk`, `oracle`, `guardian`, `owner`, `nobody`.
             */
            who: string;
        };
        /**
         * ProfileIn
         * @description All of it: what is left out is emptied.
         */
        ProfileIn: {
            /**
             * Email
             * @description Where notices go once it is confirmed; nobody else reads it.
             * @default
             */
            email: string;
            /**
             * Name
             * @description Legal name; the other side of terms reads it.
             * @default
             */
            name: string;
            /**
             * Webhook
             * @description https URL that notices are posted to.
             * @default
             */
            webhook: string;
            /**
             * Zone
             * @description IANA time zone that notices show beside UTC, such as Europe/Berlin.
             * @default
             */
            zone: string;
        };
        /**
         * ProfileOut
         * @description What the desk knows of the caller.
         */
        ProfileOut: {
            /**
             * Account
             * @description Checksummed.
             */
            account: string;
            /**
             * Created At
             * @description First sign-in, unix seconds UTC.
             */
            created_at: number;
            /**
             * Email
             * @description Where notices go once it is confirmed.
             */
            email: string;
            /**
             * Email Confirmed At
             * @description When it was confirmed by the code that was mailed there, unix seconds UTC; null: not yet, and nothing but a code is mailed there.
             */
            email_confirmed_at: number | null;
            /**
             * Name
             * @description Legal name; the other side of terms reads it.
             */
            name: string;
            /**
             * Webhook
             * @description URL that notices are posted to.
             */
            webhook: string;
            /**
             * Webhook Off At
             * @description Since when nothing is posted, because it failed for days; replaying a notice switches it on again.
             */
            webhook_off_at: number | null;
            /**
             * Webhook Secret
             * @description Standard Webhooks secret that they are signed with; empty for none.
             */
            webhook_secret: string;
            /**
             * Zone
             * @description IANA time zone that notices show beside UTC; empty for UTC alone.
             */
            zone: string;
        };
        /**
         * ProposalOut
         * @description A proposal, and what it means.
         */
        ProposalOut: {
            agreement: components["schemas"]["AgreementOut"];
            /**
             * Effects
             * @description USDT. A termination: payouts and gains of both sides. A novation: what the side can be paid, and the payer's worst and best case; negative is a loss.
             */
            effects: {
                [key: string]: string;
            };
        };
        /**
         * ProposedMatch
         * @description Two requests that fit.
         */
        ProposedMatch: {
            /**
             * Improvement
             * @description By how much the limits overlap.
             * @example 7.45
             */
            improvement: string;
            /**
             * Indicative
             * @description F_ind on it.
             */
            indicative: string | null;
            long: components["schemas"]["OpenRequestOut"];
            /**
             * Price
             * @description F: the midpoint of the limits, on the tick.
             * @example 7.45
             */
            price: string;
            /**
             * Quantity
             * @description Mtok that are matched; the rest of the larger one stays open.
             */
            quantity: number;
            short: components["schemas"]["OpenRequestOut"];
            /**
             * Spot
             * @description The newest fixing.
             * @example 7.45
             */
            spot: string;
            /**
             * Underlying
             * @description `provider/model-id`.
             * @example openai/gpt-4.1
             */
            underlying: string;
        };
        /**
         * ProposedMatches
         * @description What could be matched now.
         */
        ProposedMatches: {
            /**
             * Items
             * @description Best first: the widest overlap of limits, then the oldest.
             */
            items: components["schemas"]["ProposedMatch"][];
            /**
             * Left Off
             * @description How many more there are.
             */
            left_off: number;
        };
        /**
         * Rejection
         * @description Saying no.
         */
        Rejection: {
            /**
             * Reason
             * @description Its author reads it.
             */
            reason: string;
        };
        /**
         * RequestOut
         * @description A request as its author reads it.
         */
        RequestOut: {
            /**
             * Agreement
             * @description The newest agreement made for it.
             */
            agreement: string | null;
            /**
             * Averaging Days
             * @description As asked for.
             */
            averaging_days: number;
            /**
             * Contact
             * @description For the operator.
             */
            contact: string;
            /**
             * Created At
             * @description Unix seconds UTC; decides between equal prices.
             */
            created_at: number;
            /**
             * Family
             * @description The request that it was a part of at first; its own id if none.
             */
            family: string;
            /**
             * Id
             * @description An id of the desk.
             */
            id: string;
            /**
             * Limit Price
             * @description Null: at the day's indicative price.
             */
            limit_price: string | null;
            /**
             * Maturity
             * @description That day, or where the tenor led when the request was last written.
             */
            maturity: number;
            /**
             * Months
             * @description Tenor from the day of the final terms; null where a day is named.
             */
            months: number | null;
            /**
             * Parent
             * @description The request whose remainder it is.
             */
            parent: string | null;
            /**
             * Quantity
             * @description Mtok. A matched part keeps the id; the rest is a new request.
             */
            quantity: number;
            /**
             * Reason
             * @description Why it was rejected or came back; else empty.
             */
            reason: string;
            /**
             * Side
             * @enum {string}
             */
            side: "long" | "short";
            state: components["schemas"]["RequestState"];
            /**
             * Underlying
             * @description `provider/model-id`.
             * @example openai/gpt-4.1
             */
            underlying: string;
            /**
             * Updated At
             * @description Unix seconds UTC.
             */
            updated_at: number;
            /**
             * Valid Until
             * @description Last second of its validity, unix seconds UTC.
             */
            valid_until: number;
        };
        /**
         * RequestPage
         * @description A page of requests, newest first.
         */
        RequestPage: {
            /** Items */
            items: components["schemas"]["RequestOut"][];
            /**
             * Next
             * @description Give it as `after` for the next page; null on the last one.
             */
            next: string | null;
        };
        /**
         * RequestState
         * @description Where a request for a forward stands.
         * @enum {string}
         */
        RequestState: "draft" | "submitted" | "checked" | "rejected" | "matched" | "terms_sent" | "approved_by_one" | "approved_by_both" | "booked" | "expired" | "withdrawn";
        /**
         * SettlementOut
         * @description A forward that was paid out at its settlement price.
         */
        SettlementOut: {
            /**
             * Averaging Days
             * @description Days in the settlement price's mean.
             */
            averaging_days: number;
            /**
             * Block Number
             * @description The block it was settled in.
             */
            block_number: number;
            /**
             * Final
             * @description Whether that block can no longer be undone.
             */
            final: boolean;
            /**
             * Forward
             * @description Its id on the chain.
             */
            forward: string;
            /**
             * Long Payout
             * @description What the long was paid, USDT.
             */
            long_payout: string;
            /**
             * Maturity
             * @description 00:00:00 UTC in unix seconds.
             */
            maturity: number;
            /**
             * Price
             * @description The agreed price, USD per Mtok.
             */
            price: string;
            /**
             * Quantity
             * @description Mtok.
             */
            quantity: number;
            /**
             * Settlement Price
             * @description F_ref, USD per Mtok.
             */
            settlement_price: string;
            /**
             * Short Payout
             * @description What the short was paid, USDT.
             */
            short_payout: string;
            /**
             * Spot
             * @description The fixing on which it was booked.
             */
            spot: string;
            /**
             * Time
             * @description When it was settled, unix seconds UTC.
             */
            time: number;
            /**
             * Tx Hash
             * @description The transaction that settled it.
             */
            tx_hash: string;
            /**
             * Underlying
             * @description `provider/model-id`.
             */
            underlying: string;
        };
        /**
         * SettlementsOut
         * @description A page of settled forwards.
         */
        SettlementsOut: {
            /** @description Everything in the answer is as of this block. */
            as_of: components["schemas"]["AsOfOut"];
            /**
             * Items
             * @description Newest first.
             */
            items: components["schemas"]["SettlementOut"][];
            /**
             * Total
             * @description How many there are.
             */
            total: number;
        };
        /**
         * SignedIn
         * @description A session.
         */
        SignedIn: {
            /**
             * Account
             * @description Who signed in, checksummed.
             */
            account: string;
            /**
             * Csrf
             * @description A page sends it as X-CSRF-Token with every write.
             */
            csrf: string;
            /**
             * Expires At
             * @description Unix seconds UTC.
             */
            expires_at: number;
            /**
             * Token
             * @description Bearer token; null where it is in the cookie.
             */
            token: string | null;
        };
        /**
         * SignedMessage
         * @description A message of this desk with a wallet's signature.
         */
        SignedMessage: {
            /**
             * Cookie
             * @description True for a page: the token comes in a cookie alone.
             * @default false
             */
            cookie: boolean;
            /**
             * Message
             * @description The message as it came.
             */
            message: string;
            /**
             * Signature
             * @description 65 bytes, or what a contract wallet accepts.
             */
            signature: string;
        };
        /**
         * StressOut
         * @description The same tenor by the stress calibration: shown, never used for a fee.
         */
        StressOut: {
            /**
             * Average
             * @description Of the average-price forward.
             */
            average: string | null;
            /**
             * Point
             * @description Of the point forward, USD per Mtok.
             */
            point: string | null;
        };
        /**
         * SumOut
         * @description What several forwards come to.
         */
        SumOut: {
            /**
             * Forwards
             * @description How many.
             */
            forwards: number;
            /**
             * Notional
             * @description Sum of agreed price times quantity, USD.
             */
            notional: string;
            /**
             * Prefunding
             * @description What both sides locked: the sum of twice spot times quantity, USDT.
             */
            prefunding: string;
            /**
             * Quantity
             * @description Sum of their quantities, Mtok.
             */
            quantity: number;
        };
        /**
         * TenorOut
         * @description One tenor of the curve.
         */
        TenorOut: {
            /** @description The average-price forward. */
            average: components["schemas"]["BandOut"];
            /**
             * Averaging Days
             * @description Days in the average-price forward's mean: the whole tenor.
             */
            averaging_days: number;
            /**
             * Compound Mean
             * @description The mean if repricings repeat, USD per Mtok, for comparison.
             */
            compound_mean: string;
            /**
             * Maturity
             * @description Where they lead, 00:00:00 UTC in unix seconds.
             */
            maturity: number;
            /**
             * Months
             * @description Calendar months.
             */
            months: number;
            /** @description The point forward. */
            point: components["schemas"]["BandOut"];
            /**
             * Probability
             * @description Eq. 5: of at least one repricing, 6 decimals.
             */
            probability: string;
            /** @description By the stress calibration. */
            stress: components["schemas"]["StressOut"];
        };
        /**
         * TerminationIn
         * @description An early end at an agreed price.
         */
        TerminationIn: {
            /**
             * Hours
             * @description How long it can be executed; a day where none is given, three with a contract.
             */
            hours?: number | null;
            /**
             * Price
             * @description USD per 1,000,000 output tokens (Mtok), at most 6 decimals.
             * @example 7.45
             */
            price: string;
        };
        /**
         * TermsOut
         * @description Final terms, and what they mean for the caller's side.
         */
        TermsOut: {
            /** Averaging Days */
            averaging_days: number;
            /**
             * Fee
             * @description The caller's half, USDT.
             */
            fee: string;
            /**
             * Indicative
             * @description F_ind, on which the fee is charged.
             * @example 7.45
             */
            indicative: string;
            /**
             * Maturity
             * @description Unix seconds UTC.
             */
            maturity: number;
            /**
             * Maturity Utc
             * @description The same as ISO 8601.
             */
            maturity_utc: string;
            /**
             * Needed
             * @description What booking collects from the caller, USDT.
             */
            needed: string;
            /**
             * Payoffs
             * @description By settlement price, rising.
             */
            payoffs: components["schemas"]["PayoffPointOut"][];
            /**
             * Prefunding
             * @description B = S0 x N, USDT: what each side locks.
             */
            prefunding: string;
            /**
             * Price
             * @description F.
             * @example 7.45
             */
            price: string;
            /**
             * Quantity
             * @description N, Mtok.
             */
            quantity: number;
            /**
             * Side
             * @description The caller's.
             * @enum {string}
             */
            side: "long" | "short";
            /**
             * Spot
             * @description S0: the fixing of the day that they were sent on.
             * @example 7.45
             */
            spot: string;
            /**
             * Underlying
             * @description `provider/model-id`.
             * @example openai/gpt-4.1
             */
            underlying: string;
            /**
             * Warnings
             * @description To be read before approving.
             */
            warnings: string[];
            /**
             * Worst Case
             * @description The most that the caller can lose, its fee included, USDT.
             */
            worst_case: string;
        };
        /**
         * TypedData
         * @description What `eth_signTypedData_v4` takes.
         */
        TypedData: {
            domain: components["schemas"]["TypedDataDomain"];
            /** Message */
            message: {
                [key: string]: number | string;
            };
            /** Primarytype */
            primaryType: string;
            /** Types */
            types: {
                [key: string]: components["schemas"]["TypedDataField"][];
            };
        };
        /**
         * TypedDataDomain
         * @description An EIP-712 domain.
         */
        TypedDataDomain: {
            /** Chainid */
            chainId: number;
            /** Name */
            name: string;
            /** Verifyingcontract */
            verifyingContract: string;
            /** Version */
            version: string;
        };
        /**
         * TypedDataField
         * @description One field of an EIP-712 type.
         */
        TypedDataField: {
            /** Name */
            name: string;
            /** Type */
            type: string;
        };
        /**
         * UnderlyingOut
         * @description A price on which forwards are made.
         */
        UnderlyingOut: {
            /**
             * First Date
             * @description The UTC day of the first one.
             */
            first_date: string | null;
            /**
             * Fixings
             * @description How many there are.
             */
            fixings: number;
            /**
             * Listed
             * @description Whether forwards can be booked on it.
             */
            listed: boolean;
            /**
             * Lot
             * @description Quantities are multiples of it, Mtok; 0 where it is not listed.
             */
            lot: number;
            /**
             * Name
             * @description `provider/model-id`.
             */
            name: string;
            /** @description The newest one; null where there is none. */
            newest: components["schemas"]["NewestOut"] | null;
            /**
             * Review Required
             * @description Whether a reviewer posts its fixings.
             */
            review_required: boolean;
            /**
             * Tick
             * @description Step of its published prices, USD per Mtok; null without a fixing.
             */
            tick: string | null;
        };
        /**
         * UnderlyingsOut
         * @description The oracle's list, in its order.
         */
        UnderlyingsOut: {
            /** @description Everything in the answer is as of this block. */
            as_of: components["schemas"]["AsOfOut"];
            /**
             * Items
             * @description All of them, listed or not.
             */
            items: components["schemas"]["UnderlyingOut"][];
        };
        /**
         * UntilOut
         * @description A time for programs and people.
         */
        UntilOut: {
            /**
             * Text
             * @description UTC, and your time zone where it differs.
             */
            text: string;
            /**
             * Unix
             * @description Unix seconds UTC.
             */
            unix: number;
        };
        /**
         * VolumeOut
         * @description Booked volume.
         */
        VolumeOut: {
            /** @description Everything in the answer is as of this block. */
            as_of: components["schemas"]["AsOfOut"];
            /**
             * Items
             * @description By month and underlying, oldest first.
             */
            items: components["schemas"]["MonthOut"][];
            /** @description All of it. */
            total: components["schemas"]["SumOut"];
        };
        /**
         * Whoami
         * @description Who is asking.
         */
        Whoami: {
            /**
             * Account
             * @description Checksummed.
             */
            account: string;
            /**
             * Csrf
             * @description A page that was loaded anew sends it as X-CSRF-Token with every write.
             */
            csrf: string;
            /**
             * Operator
             * @description Whether it may check requests and confirm matches.
             */
            operator: boolean;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    agreements_listed: {
        parameters: {
            query?: {
                /** @description The id that the page begins behind. */
                after?: string | null;
                /** @description Rows of a page. */
                limit?: number;
                state?: components["schemas"]["AgreementState"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgreementPage"];
                };
            };
        };
    };
    agreements_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgreementOut"];
                };
            };
        };
    };
    agreements_approve: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random text for each new write, 8 to 64 characters. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApprovalIn"];
            };
        };
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgreementOut"];
                };
            };
        };
    };
    agreements_decline: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random text for each new write, 8 to 64 characters. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgreementOut"];
                };
            };
        };
    };
    agreements_preflight: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreflightOut"];
                };
            };
        };
    };
    documents_listed: {
        parameters: {
            query: {
                /** @description The forward's id. */
                forward: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DocumentList"];
                };
            };
        };
    };
    documents_one: {
        parameters: {
            query?: {
                /** @description Day of a mark, UTC; default the newest. */
                on?: string | null;
                /** @description IANA time zone shown beside UTC. */
                zone?: string;
            };
            header?: {
                /** @description ETags that the client has. */
                "if-none-match"?: string | null;
            };
            path: {
                form: components["schemas"]["Form"];
                /** @description The forward's id. */
                forward: string;
                kind: components["schemas"]["Kind"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description The file; its ETag is the SHA-256 of its bytes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                    "application/pdf": string;
                    "text/calendar": string;
                    "text/csv": string;
                };
            };
            /** @description The client has these bytes. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    documents_ledger: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that the client has. */
                "if-none-match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description The file; its ETag is the SHA-256 of its bytes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                    "application/pdf": string;
                    "text/calendar": string;
                    "text/csv": string;
                };
            };
            /** @description The client has these bytes. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    funds_found: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FundsOut"];
                };
            };
        };
    };
    market_overview: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that the client has. */
                "if-none-match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MarketOut"];
                };
            };
            /** @description What the client has is still what it would get: its ETag was in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    market_curve: {
        parameters: {
            query: {
                /** @description `provider/model-id`. */
                underlying: string;
            };
            header?: {
                /** @description ETags that the client has. */
                "if-none-match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CurveOut"];
                };
            };
            /** @description What the client has is still what it would get: its ETag was in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    market_fixings: {
        parameters: {
            query: {
                /** @description A UTC day, both included. */
                from?: string | null;
                /** @description Days of a page. */
                limit?: number;
                /** @description A UTC day, both included. */
                to?: string | null;
                /** @description `provider/model-id`. */
                underlying: string;
            };
            header?: {
                /** @description ETags that the client has. */
                "if-none-match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FixingsOut"];
                };
            };
            /** @description What the client has is still what it would get: its ETag was in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    market_gates: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that the client has. */
                "if-none-match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatesOut"];
                };
            };
            /** @description What the client has is still what it would get: its ETag was in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    market_open_interest: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that the client has. */
                "if-none-match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenInterestOut"];
                };
            };
            /** @description What the client has is still what it would get: its ETag was in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    market_open_requests: {
        parameters: {
            query?: {
                /** @description Only of this one. */
                underlying?: string | null;
            };
            header?: {
                /** @description ETags that the client has. */
                "if-none-match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenRequestsOut"];
                };
            };
            /** @description What the client has is still what it would get: its ETag was in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    market_settlements: {
        parameters: {
            query?: {
                /** @description Forwards of a page. */
                limit?: number;
                /** @description How many newer ones to pass over. */
                offset?: number;
                /** @description Only of this one. */
                underlying?: string | null;
            };
            header?: {
                /** @description ETags that the client has. */
                "if-none-match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettlementsOut"];
                };
            };
            /** @description What the client has is still what it would get: its ETag was in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    market_underlyings: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that the client has. */
                "if-none-match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnderlyingsOut"];
                };
            };
            /** @description What the client has is still what it would get: its ETag was in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    market_volume: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that the client has. */
                "if-none-match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VolumeOut"];
                };
            };
            /** @description What the client has is still what it would get: its ETag was in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    notices_listed: {
        parameters: {
            query?: {
                /** @description The id that the page begins behind. */
                after?: string | null;
                /** @description Rows of a page. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NoticePage"];
                };
            };
        };
    };
    notices_replay: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random text for each new write, 8 to 64 characters. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description An id of the desk. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NoticeOut"];
                };
            };
        };
    };
    operator_proposed: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposedMatches"];
                };
            };
        };
    };
    operator_confirm: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random text for each new write, 8 to 64 characters. */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Confirmation"];
            };
        };
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Confirmed"];
                };
            };
        };
    };
    operator_listed: {
        parameters: {
            query?: {
                /** @description The id that the page begins behind. */
                after?: string | null;
                /** @description Rows of a page. */
                limit?: number;
                state?: components["schemas"]["RequestState"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperatorRequestPage"];
                };
            };
        };
    };
    operator_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperatorRequest"];
                };
            };
        };
    };
    operator_check: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random text for each new write, 8 to 64 characters. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperatorRequest"];
                };
            };
        };
    };
    operator_no_matches: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NoMatches"];
                };
            };
        };
    };
    operator_reject: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random text for each new write, 8 to 64 characters. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Rejection"];
            };
        };
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperatorRequest"];
                };
            };
        };
    };
    participants_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileOut"];
                };
            };
        };
    };
    participants_change: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random text for each new write, 8 to 64 characters. */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfileIn"];
            };
        };
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileOut"];
                };
            };
        };
    };
    participants_send_code: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random text for each new write, 8 to 64 characters. */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileOut"];
                };
            };
        };
    };
    participants_confirm: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random text for each new write, 8 to 64 characters. */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CodeIn"];
            };
        };
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileOut"];
                };
            };
        };
    };
    positions_listed: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PositionList"];
                };
            };
        };
    };
    positions_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The forward's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PositionOut"];
                };
            };
        };
    };
    positions_novate: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random text for each new write, 8 to 64 characters. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The forward's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NovationIn"];
            };
        };
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalOut"];
                };
            };
        };
    };
    positions_terminate: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random text for each new write, 8 to 64 characters. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The forward's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TerminationIn"];
            };
        };
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalOut"];
                };
            };
        };
    };
    requests_listed: {
        parameters: {
            query?: {
                /** @description The id that the page begins behind. */
                after?: string | null;
                /** @description Rows of a page. */
                limit?: number;
                state?: components["schemas"]["RequestState"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestPage"];
                };
            };
        };
    };
    requests_write: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random text for each new write, 8 to 64 characters. */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRequest"];
            };
        };
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestOut"];
                };
            };
        };
    };
    requests_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestOut"];
                };
            };
        };
    };
    requests_rewrite: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random text for each new write, 8 to 64 characters. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRequest"];
            };
        };
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestOut"];
                };
            };
        };
    };
    requests_submit: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random text for each new write, 8 to 64 characters. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestOut"];
                };
            };
        };
    };
    requests_withdraw: {
        parameters: {
            query?: never;
            header?: {
                /** @description A new random text for each new write, 8 to 64 characters. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestOut"];
                };
            };
        };
    };
    session_whoami: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Whoami"];
                };
            };
        };
    };
    session_sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignedMessage"];
            };
        };
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
        };
    };
    session_sign_out: {
        parameters: {
            query?: {
                /** @description True: end all sessions of the account. */
                everywhere?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    session_message: {
        parameters: {
            query: {
                /** @description Who signs in. */
                account: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused: nothing was done. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Not now, or a fault of the desk's. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @description What to do. */
                        cure?: string;
                        /** @description The value that cannot be taken. */
                        field?: string;
                        /** @description The HTTP status. */
                        status: number;
                        /** @description What was refused, and why. */
                        title: string;
                        /** @description urn:ifx:desk: and a word that never changes. */
                        type: string;
                    };
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
        };
    };
}
