/**
 * Pairs of questions, written by hand before the guard was tuned on them: paraphrases that ask the same, and near misses that
 * look alike and do not. One pair a line, its two texts parted by ` | `.
 */
const pairs = (text: string): readonly (readonly [string, string])[] =>
  text
    .split('\n')
    .filter((line) => line.includes(' | '))
    .map((line) => line.trim().split(' | ') as [string, string]);

/** Same words but for case, courtesy, small words, spelling, order of whole phrases. */
export const CLOSE_PARAPHRASES = pairs(String.raw`
How do I reset my password? | how can I reset my password
How do I reset my password? | Please tell me how to reset my password.
How do I reset my password? | HOW DO I RESET MY PASSWORD???
How do I reset my password? | Hi there, could you tell me how I can reset the password? Thanks!
What is the capital of France? | what's the capital of france
What is the capital of France? | Can you tell me what the capital of France is?
What is the capital of France? | Tell me the capital of France, please.
How do I cancel my subscription? | What's the best way to cancel my subscription?
How do I cancel my subscription? | How would one cancel a subscription?
How do I cancel my subscription? | is there a way to cancel my subscription
Where can I find my invoices? | where do i find my invoice
Where can I find my invoices? | Hello! Where can I find the invoices?
What are your opening hours? | what are your opening hours please
What are your opening hours? | Could you please tell me what your opening hours are?
How do I log in to the app? | How can I sign in to the application?
How do I log in to the app? | how to log into the app
Delete my photos from 2019 | Please remove my pictures from 2019.
Explain photosynthesis | Please explain photosynthesis.
Explain photosynthesis | can you explain photosynthesis?
Explain photosynthesis in 3 sentences | Explain photosynthesis in three sentences.
Write a haiku about autumn | write a haiku about autumn, please
Write a haiku about autumn | Could you write a haiku about autumn?
Translate "good morning" into Spanish | Please translate "good morning" into Spanish.
What does HTTP 404 mean? | what is the meaning of HTTP 404
How many planets are in the solar system? | how many planets are there in the solar system?
Who wrote Hamlet? | who wrote hamlet
Who wrote Hamlet? | Do you know who wrote Hamlet?
When was the Eiffel Tower built? | when was the Eiffel tower built
Is it safe to eat raw eggs? | is it safe to eat raw eggs
Which database should I use for time series? | Which database should we use for time series?
Convert 10 miles to kilometers | convert 10 miles to kilometers please
What is the population of the United States? | What is the population of the USA?
How do I install Docker on Ubuntu? | how to install docker on ubuntu
How do I install Docker on Ubuntu? | On Ubuntu, how do I install Docker?
How do I install Docker on Ubuntu? | Quick question: how can I install Docker on Ubuntu?
What is the weather in Paris tomorrow? | what's the weather in Paris tomorrow?
Can I change my e-mail address? | can i change my email address
I want to know how compound interest works | How does compound interest work?
How does compound interest work? | I was wondering how compound interest works.
Summarize the French Revolution in 100 words | Please summarize the French Revolution in 100 words, thanks
What are the benefits of green tea? | Tell me what the benefits of green tea are
How do I center a div? | how can you center a div?
Why is the sky blue? | why is the sky blue
Why is the sky blue? | Hey, do you know why the sky is blue?
How long does shipping take? | How long does the shipping take?
Do you ship to Canada? | do you ship to canada?
Do you ship to Canada? | Hello, do you ship to Canada? Thank you!
Why don't my lights turn on? | Why do my lights not turn on?
I can't open the PDF attachment | I cannot open the PDF attachment
How do I export a report for March? | For March, how do I export a report?
How do I export a report for March? | how can I export the report for March?
Where is my order? | where's my order
Where is my order? | Could you tell me where my order is?
How do I set up two-factor authentication? | How to setup two-factor authentication?
Give me a recipe for pancakes | give me a pancake recipe
What is machine learning? | what's machine learning?
Wie ändere ich mein Passwort? | wie ändere ich mein passwort
Comment changer mon mot de passe ? | comment changer mon mot de passe
¿Cómo cambio mi contraseña? | ¿cómo cambio mi contraseña?
日本の首都はどこですか？ | 日本の首都はどこですか
How do I fix a flat bicycle tire? | How do I repair a flat bike tire?
How can I purchase tickets? | How do I buy tickets?
Suggest a movie for kids | Suggest a film for children
How do I get a refund? | how can i get a refund
What is 1,000 times 3? | What is 1000 times 3?
`);

/** The same in other words: for these a model's embedding is needed. */
export const FREE_PARAPHRASES = pairs(String.raw`
How do I reset my password? | I forgot my login secret, how do I get a fresh one?
How do I cancel my subscription? | I no longer want to pay every month, how do I get out of the plan?
Where can I find my invoices? | Where are the bills you sent me?
How long does shipping take? | When will a parcel usually arrive after I order?
What is machine learning? | Give me a definition of ML
Why is the sky blue? | What makes the heavens look azure?
Write a haiku about autumn | Compose a three-line Japanese poem on the fall season
Is it safe to eat raw eggs? | Could uncooked eggs make me ill?
What are the benefits of green tea? | How is drinking green tea good for my health?
How does compound interest work? | Explain interest that is earned on interest
Where is my order? | My package has not turned up yet, can you track it?
How do I center a div? | CSS to put a block element in the middle of the page
What are your opening hours? | When are you open?
Give me a recipe for pancakes | How do I make pancakes?
How do I get a refund? | I would like my money back
`);

/** One thing is changed, and with it the question. */
export const NEAR_MISSES = pairs(String.raw`
What is 15% of 200? | What is 15% of 300?
What is 15% of 200? | What is 25% of 200?
Convert 10 miles to kilometers | Convert 11 miles to kilometers
Convert 10 miles to kilometers | Convert 10 kilometers to miles
Convert 10 miles to kilometers | Convert 10 miles to meters
Convert 100 USD to EUR | Convert 100 EUR to USD
Convert 100 USD to EUR | Convert 100 USD to GBP
Convert 100 dollars to euros | Convert 100 euros to dollars
Explain photosynthesis in 3 sentences | Explain photosynthesis in 5 sentences
Explain photosynthesis in three sentences | Explain photosynthesis in five sentences
Summarize the French Revolution in 100 words | Summarize the French Revolution in 200 words
Who was president in 1990? | Who was president in 1991?
Who was the first president? | Who was the second president?
What happened on May 4, 1970? | What happened on May 5, 1970?
What happened on May 4, 1970? | What happened on June 4, 1970?
Is the store open on Monday? | Is the store open on Sunday?
What's the weather today? | What's the weather tomorrow?
What is the weather in Paris? | What is the weather in London?
what is the capital of france | what is the capital of spain
What is the capital of France? | What is the capital of Germany?
What is the capital of France? | What is the population of France?
Who wrote Hamlet? | Who wrote Macbeth?
Who wrote Hamlet? | Who directed Hamlet?
When was Einstein born? | When was Newton born?
When was Einstein born? | Where was Einstein born?
When was Einstein born? | When did Einstein die?
Is it safe to eat raw eggs? | Is it not safe to eat raw eggs?
Is it safe to eat raw eggs? | Is it unsafe to eat raw eggs?
Is it safe to eat raw eggs? | Is it safe to eat raw fish?
Which fruits are good for dogs? | Which fruits are not good for dogs?
Which fruits are good for dogs? | Which fruits are good for cats?
Which fruits are good for dogs? | Which vegetables are good for dogs?
Show me recipes with nuts | Show me recipes without nuts
Show me hotels with parking | Show me hotels without parking
I want a room with a view | I want a room with no view
List countries that are in the EU | List countries that are not in the EU
List employees who never took leave | List employees who took leave
I can open the file | I can't open the file
Does it work offline? | Doesn't it work offline?
Why is my payment accepted? | Why is my payment rejected?
How do I enable two-factor authentication? | How do I disable two-factor authentication?
How do I increase my credit limit? | How do I decrease my credit limit?
How do I turn on notifications? | How do I turn off notifications?
How do I subscribe to the newsletter? | How do I unsubscribe from the newsletter?
How do I install Docker on Ubuntu? | How do I uninstall Docker on Ubuntu?
How do I install Docker on Ubuntu? | How do I install Docker on Windows?
How do I install Docker on Ubuntu? | How do I install Podman on Ubuntu?
How do I import contacts? | How do I export contacts?
How do I encrypt a file? | How do I decrypt a file?
How do I lock my card? | How do I unlock my card?
How do I add a user? | How do I remove a user?
What is the maximum upload size? | What is the minimum upload size?
What is the maximum upload size? | What is the maximum download size?
Sort the list in ascending order | Sort the list in descending order
Should I buy or rent? | Should I sell or rent?
Should I buy Apple stock? | Should I sell Apple stock?
What should I do before surgery? | What should I do after surgery?
What is the best laptop? | What is the worst laptop?
What is the cheapest flight to Rome? | What is the fastest flight to Rome?
Give me the oldest record | Give me the newest record
Is the north side sunny? | Is the south side sunny?
What are the advantages of remote work? | What are the disadvantages of remote work?
Flights from Berlin to Madrid | Flights from Madrid to Berlin
Trains from A to B | Trains from B to A
Transfer 50 from savings to checking | Transfer 50 from checking to savings
Translate this from English to French: dog | Translate this from French to English: dog
Translate "good morning" into Spanish | Translate "good evening" into Spanish
Translate "good morning" into Spanish | Translate "good morning" into Italian
Translate 'cat' into German | Translate 'dog' into German
What does "break a leg" mean? | What does "break a sweat" mean?
Define the word 'affect' | Define the word 'effect'
What does foo.bar() return? | What does foo.baz() return?
What does \`map\` do in JavaScript? | What does \`filter\` do in JavaScript?
How do I use useEffect? | How do I use useState?
How do I use git rebase? | How do I use git merge?
What is error_code 0x80070005? | What is error_code 0x80070057?
Explain x = y + 1 | Explain x = y - 1
Explain a && b | Explain a || b
What is in /etc/hosts? | What is in /etc/passwd?
Open https://example.com/a | Open https://example.com/b
Mail bob@example.com the report | Mail rob@example.com the report
What does HTTP 404 mean? | What does HTTP 403 mean?
What is new in Python 3.11? | What is new in Python 3.12?
What is new in Python? | What is new in PHP?
Write a haiku about autumn | Write a haiku about spring
Write a haiku about autumn | Write a limerick about autumn
Write a haiku about autumn | Write a haiku about autumn in Spanish
Who is the CEO of Apple? | Who is the CTO of Apple?
Who is the CEO of Apple? | Who is the CEO of Google?
Does John love Mary? | Does Mary love John?
Did Spain beat Italy? | Did Italy beat Spain?
Dog bites man: explain | Man bites dog: explain
Is Python faster than Java? | Is Java faster than Python?
Is 5 greater than 3? | Is 3 greater than 5?
What is 10 divided by 2? | What is 2 divided by 10?
What is 7 minus 4? | What is 4 minus 7?
Can a son sue his father? | Can a father sue his son?
What is your name? | What is my name?
What is his address? | What is her address?
When is their flight? | When is our flight?
Was she the manager? | Is she the manager?
Will it rain in Oslo? | Did it rain in Oslo?
Should I take aspirin? | Must I take aspirin?
Should I take aspirin? | Can I take aspirin?
Why did the test fail? | When did the test fail?
Who sent the invoice? | Why was the invoice sent?
How much does it weigh? | How long does it weigh?
How much does the plan cost? | How much did the plan cost?
How many users are active? | How many users are inactive?
How many calories are in an apple? | How many carbs are in an apple?
How many cups are in a gallon? | How many pints are in a gallon?
Set a timer for 5 minutes | Set a timer for 5 hours
Set a timer for 5 minutes | Set a timer for 15 minutes
Set an alarm for 7 am | Set an alarm for 7 pm
It is 30 celsius, is that warm? | It is 30 fahrenheit, is that warm?
Dose for a 10 kg child | Dose for a 10 lb child
Dose for a 10 kg child | Dose for a 20 kg child
Side effects of ibuprofen | Side effects of paracetamol
Can I take ibuprofen with alcohol? | Can I take ibuprofen with coffee?
Can pregnant women eat sushi? | Can women eat sushi?
Is cheese vegetarian? | Is cheese vegan?
Best pizza in town | Best vegan pizza in town
Best laptop for students | Best laptop for gaming students
How do I reset my password? | How do I reset my PIN?
How do I reset my password? | How do I change my password?
How do I reset my password? | How do I reset my admin password?
How do I cancel my subscription? | How do I cancel my order?
How do I cancel my subscription? | How do I renew my subscription?
How do I cancel my subscription? | How do I pause my subscription?
How do I get a refund? | How do I get a receipt?
Where is my order? | Where is my refund?
Do you ship to Canada? | Do you ship to Mexico?
Do you ship to Canada? | Do you ship from Canada?
Do you accept PayPal? | Do you accept Bitcoin?
What is the delivery fee? | What is the return fee?
What are your opening hours? | What are your opening hours on holidays?
What time does the bank open? | What time does the bank close?
What is the interest on a loan? | What is the interest on a deposit?
Explain inflation to a child | Explain inflation to an economist
Explain supply and demand | Explain supply chains
What causes headaches? | What cures headaches?
What causes inflation? | What does inflation cause?
Mean of 1, 2, 3 | Mean of 1, 2, 4
Mean of 1, 2, 3 | Median of 1, 2, 3
Area of a circle | Area of a square
Area of a circle | Circumference of a circle
Derivative of sin | Derivative of cos
Derivative of sin | Integral of sin
Symptoms of type 1 diabetes | Symptoms of type 2 diabetes
Battery life of the iPhone 14 | Battery life of the iPhone 15
Battery life of the iPhone 14 | Battery life of the iPhone 14 Pro
What is the GDP of North Korea? | What is the GDP of South Korea?
Population of Georgia the state | Population of Georgia the country
Distance from Earth to Mars | Distance from Earth to Venus
Temperature of the Sun | Temperature of the Moon
Who won the World Cup in 2018? | Who lost the World Cup in 2018?
Who won the World Cup in 2018? | Who won the World Cup in 2022?
Who won the men's final? | Who won the women's final?
Who played Batman? | Who played Superman?
Books by Stephen King | Books about Stephen King
Movies before 2000 | Movies after 2000
Flights under 200 euros | Flights over 200 euros
Flights under 200 euros | Flights under 200 dollars
Price in Q1 2024 | Price in Q2 2024
Sales last week | Sales next week
Sales last week | Sales last month
Reports since Monday | Reports until Monday
List all open tickets | List all closed tickets
List all public repositories | List all private repositories
Show failed jobs | Show running jobs
Show failed jobs | Show all jobs but failed ones
Send the file to Anna | Send the file to Hanna
Call mom | Call Tom
Is Pluto a planet? | Is Pluto a dog?
Is the earth flat? | Is the earth round?
Is Jupiter bigger than Saturn? | Is Jupiter smaller than Saturn?
Give me a formal greeting | Give me an informal greeting
Rewrite this to be shorter | Rewrite this to be longer
Make the tone friendly | Make the tone unfriendly
Generate a random password | Generate a secure password
Write tests for the login function | Write the login function
Fix the bug in the parser | Explain the bug in the parser
Is this legal in Texas? | Is this legal in Nevada?
Is this legal in Texas? | Is this illegal in Texas?
Tax rate for married couples | Tax rate for single people
Do I need a visa for Japan? | Do I need a visa for China?
Do I need a visa for Japan? | Do I need a vaccination for Japan?
Wie ist das Wetter in Berlin? | Wie ist das Wetter in Hamburg?
Ist der Laden offen? | Ist der Laden nicht offen?
Wie alt ist mein Hund? | Wie alt ist meine Katze?
Comment activer le mode sombre ? | Comment désactiver le mode sombre ?
¿Cómo cambio mi contraseña? | ¿Cómo cambio mi correo?
What is the capital of France? | Quelle est la capitale de la France ?
日本の首都はどこですか | 中国の首都はどこですか
Столица России | Столица Франции
What's 2+2? | What's 2*2?
Is 17 prime? | Is 18 prime?
Ünal's phone number | Umal's phone number
Show the diff for PR #12 | Show the diff for PR #21
Deploy v1.2.3 to staging | Deploy v1.2.4 to staging
Deploy v1.2.3 to staging | Deploy v1.2.3 to production
Restart server a-1 | Restart server a-2
Rotate the key of customer Acme | Revoke the key of customer Acme
Approve request from Bob | Deny request from Bob
Pay the invoice of ACME | Pay the invoice of APEX
Cancel the meeting with Ann | Schedule the meeting with Ann
Book a table for two | Book a table for four
Book a table for two at 8 | Book a table for two at 9
Turn left at the church | Turn right at the church
Remind me in an hour | Remind me in half an hour
Remind me once | Remind me twice
`);
